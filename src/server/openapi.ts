import type { SwaggerOptions, SwaggerTransformObject } from '@fastify/swagger';
import { ANSWER_SCHEMAS } from '../generated/answer-schemas.ts';
import { VERSION } from '../version.ts';
import { ROUTE_ACCESS, type ApiAccess } from './access/route-access.ts';

/** How the API's document is made of its routes (OpenAPI 3.1, https://spec.openapis.org/oas/v3.1.1). */
export const OPENAPI_OPTIONS: SwaggerOptions = {
  openapi: {
    openapi: '3.1.0',
    info: {
      title: 'Waybill',
      version: VERSION,
      description: 'The API of a runner. Instants are ISO 8601 in UTC; what is secret is redacted.',
    },
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
    security: [{ token: [] }],
  },
  transform: ({ schema, url, route }) => {
    const access = ROUTE_ACCESS[`${String(route.method)} ${url}`];
    if (access === undefined || 'open' in access) return { schema: { hide: true }, url };
    return { schema: { ...schema, summary: access.does, description: `Needs the role \`${access.role}\`.` }, url };
  },
  transformObject: (made) => ('openapiObject' in made ? withAnswers(made.openapiObject) : made.swaggerObject),
};

type OpenApiObject = Extract<Parameters<SwaggerTransformObject>[0], { openapiObject: object }>['openapiObject'];

/** Answers are described here and not to Fastify, which would write them by their schemas and leave out what those lack. */
function withAnswers(document: OpenApiObject): OpenApiObject {
  const paths = Object.entries(document.paths ?? {}).map(([path, operations]) => {
    const described = Object.entries(operations ?? {}).map(([method, operation]) => {
      const access = ROUTE_ACCESS[`${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`];
      const responses = access === undefined || 'open' in access ? {} : responsesOf(access);
      return [method, { ...(operation as object), responses }];
    });
    return [path, Object.fromEntries(described)];
  });
  const components = { ...document.components, schemas: ANSWER_SCHEMAS };
  return { ...document, components, paths: Object.fromEntries(paths) } as OpenApiObject;
}

function responsesOf({ answer }: ApiAccess): object {
  const done = answer.includes('/') ? { [answer]: {} } : json(answer);
  return {
    '2XX': { description: 'Done.', content: done },
    '4XX': { description: 'Refused.', content: json('ErrorView') },
  };
}

function json(name: string): object {
  return { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } };
}
