import type { SwaggerOptions } from '@fastify/swagger';
import { VERSION } from '../version.ts';
import { API } from './access/guard.ts';
import { ROUTE_ACCESS } from './access/route-access.ts';

const ERROR = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message'],
      properties: { code: { type: 'string' }, message: { type: 'string' }, help: { type: 'string' } },
    },
  },
};

/** How the API's document is made of its routes (OpenAPI 3.1, https://spec.openapis.org/oas/v3.1.1). */
export const OPENAPI_OPTIONS: SwaggerOptions = {
  openapi: {
    openapi: '3.1.0',
    info: {
      title: 'Waybill',
      version: VERSION,
      description: 'The API of a runner. Instants are ISO 8601 in UTC; what is secret is redacted.',
    },
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer' },
      },
    },
    security: [{ token: [] }],
  },
  transform: ({ schema, url, route }) => {
    const access = ROUTE_ACCESS[`${String(route.method)} ${url}`];
    if (access === undefined || 'open' in access || !url.startsWith(API)) return { schema: { hide: true }, url };
    const described = {
      ...schema,
      summary: access.does,
      description: `Needs the role \`${access.role}\`.`,
      response: {
        ...(schema?.response ?? { '2xx': { description: 'Done.', type: 'null' } }),
        '4xx': { description: 'Refused.', ...ERROR },
      },
    };
    return { schema: described, url };
  },
};
