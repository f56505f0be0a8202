import ipaddr from 'ipaddr.js';

/** Ranges of the operator's own machine and network. */
const OWN = ['loopback', 'linkLocal', 'uniqueLocal', 'private'];

/**
 * Whether what a caller says of the one before it, in `X-Forwarded-For`, is believed: of the nearest proxies alone, as many
 * as there are, and only from the operator's own network. What a client wrote itself stands further to the left and is not
 * looked at. `hop` counts from the connection on.
 */
export function trustProxies(proxies: number): (address: string, hop: number) => boolean {
  return (address, hop) => hop < proxies && ipaddr.isValid(address) && OWN.includes(ipaddr.process(address).range());
}
