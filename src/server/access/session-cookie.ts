import type { CookieSerializeOptions } from '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Instant } from '../../run/records.ts';

/** The cookie of a browser that is signed in. No script reads it, and no other site has it sent. */
export class SessionCookie {
  private readonly name: string;
  private readonly options: CookieSerializeOptions;

  /** `secure` where browsers come over TLS; on loopback there is none. */
  constructor(secure: boolean) {
    // With the prefix a browser takes it from this very host alone: RFC 6265bis §4.1.3.2.
    this.name = secure ? '__Host-waybill' : 'waybill';
    this.options = { path: '/', httpOnly: true, sameSite: 'strict', secure };
  }

  read({ cookies }: FastifyRequest): string | undefined {
    return cookies[this.name];
  }

  set(reply: FastifyReply, value: string, expiresAt: Instant): void {
    reply.setCookie(this.name, value, { ...this.options, expires: new Date(expiresAt) });
  }

  clear(reply: FastifyReply): void {
    reply.clearCookie(this.name, this.options);
  }
}
