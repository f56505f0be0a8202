/** Of every answer: nothing is kept by browsers and proxies, taken for a page, or framed. */
const HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
};

/** A year, in which browsers come over TLS alone: RFC 6797. */
const TLS_ONLY = { 'strict-transport-security': 'max-age=31536000' };

/** The headers of every answer of a server that is reached there. */
export function securityHeaders(publicUrl: string | undefined): { [name: string]: string } {
  return publicUrl?.startsWith('https:') === true ? { ...HEADERS, ...TLS_ONLY } : HEADERS;
}
