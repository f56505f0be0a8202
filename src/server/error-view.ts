import type { ErrorView } from './api-types.ts';

export function errorView(code: string, message: string, help?: string): ErrorView {
  return { error: { code, message, help } };
}
