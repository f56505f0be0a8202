import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { buildConnector } from 'undici';

/** Thrown, as a connection's error, where a host leads to an address that is not of the public internet. */
export class PrivateAddressError extends Error {
  readonly host: string;
  readonly address: string;

  constructor(host: string, address: string) {
    super(host === address ? `${address} is not a public address` : `${host} leads to ${address}`);
    this.name = 'PrivateAddress';
    this.host = host;
    this.address = address;
  }
}

/** Resolves a name to all of its addresses. */
export type Resolve = (
  host: string,
  options: { all: true },
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/**
 * A connector of undici that reaches public addresses only. A name is resolved once, and what was looked at is what is
 * connected to, so that a name server cannot give another address in between. An address in place of a name never
 * comes to a lookup, so it is looked at first.
 */
export function publicConnector(
  options: { timeout: number },
  resolve: Resolve = systemLookup,
): buildConnector.connector {
  const connect = buildConnector({ ...options, lookup: publicLookup(resolve) });
  return (target, done) => {
    const host = target.hostname.replace(/^\[|\]$/g, '');
    if (isIP(host) !== 0 && !isPublicAddress(host)) done(new PrivateAddressError(host, host), null);
    else connect(target, done);
  };
}

/** Whether an IP address is one of the public internet, in whatever form it is written or packed into IPv6. */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  // Takes an IPv4 address out of ::ffff:0:0/96.
  const address = ipaddr.process(text);
  if (address instanceof ipaddr.IPv6) return address.range() === 'unicast' && address.match(GLOBAL_UNICAST);
  return address.range() === 'unicast' && !CLOUD_SERVICES.has(address.toString());
}

/** The only part of IPv6 that is given out (RFC 4291 §2.4); old ways to pack an IPv4 address lie outside or have a range of their own. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

/** Public by their number, and yet the machine's own cloud: Azure's platform services. */
const CLOUD_SERVICES = new Set(['168.63.129.16']);

function publicLookup(resolve: Resolve): LookupFunction {
  return (host, options, done) => {
    resolve(host, { ...options, all: true }, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error !== null || first === undefined) return done(error ?? notFound(host), '');
      const inside = addresses.find(({ address }) => !isPublicAddress(address));
      if (inside !== undefined) return done(new PrivateAddressError(host, inside.address), '');
      if (options.all === true) return done(null, addresses);
      return done(null, first.address, first.family);
    });
  };
}

function notFound(host: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${host} has no address`), { code: 'ENOTFOUND' });
}
