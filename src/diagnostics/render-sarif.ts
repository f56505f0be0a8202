import type { Diagnostic, Range, Related } from './diagnostic.ts';
import { CODES } from './registry.ts';

export interface SarifOptions {
  /** Of Waybill. */
  version: string;
  /** Leads from the repository's root to the workspace, such as `integrations/`. */
  prefix: string;
}

/**
 * Findings as a log of SARIF 2.1.0 (OASIS). Rules are the codes. The fingerprint of a finding is its code, file and JSON
 * Pointer: it stays where lines above it come and go, and tells two findings of a code in one file apart.
 */
export function renderSarif(diagnostics: readonly Diagnostic[], { version, prefix }: SarifOptions): object {
  const codes = Object.keys(CODES);
  const rules = Object.entries(CODES).map(([id, { title, severity, explanation }]) => ({
    id,
    shortDescription: { text: title },
    fullDescription: { text: explanation },
    help: { text: explanation },
    defaultConfiguration: { level: severity },
  }));
  const results = diagnostics.map((diagnostic) => ({
    ruleId: diagnostic.code,
    ruleIndex: codes.indexOf(diagnostic.code),
    level: diagnostic.severity,
    message: {
      text: diagnostic.help === undefined ? diagnostic.message : `${diagnostic.message} (${diagnostic.help})`,
    },
    locations: [location(diagnostic, prefix)],
    ...(diagnostic.related === undefined
      ? {}
      : { relatedLocations: diagnostic.related.map((one) => related(one, prefix)) }),
    partialFingerprints: { 'place/v1': `${diagnostic.code} ${prefix}${diagnostic.file}#${diagnostic.pointer}` },
  }));
  const driver = { name: 'Waybill', semanticVersion: version, rules };
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver }, columnKind: 'utf16CodeUnits', results }],
  };
}

function location({ file, range }: { file: string; range: Range }, prefix: string): object {
  return {
    physicalLocation: {
      artifactLocation: { uri: uriOf(prefix + file), uriBaseId: '%SRCROOT%' },
      region: region(range),
    },
  };
}

function related(one: Related, prefix: string): object {
  return { ...location(one, prefix), message: { text: one.message } };
}

function region({ start, end }: Range): object {
  return { startLine: start.line, startColumn: start.column, endLine: end.line, endColumn: end.column };
}

/** A path as a relative reference (RFC 3986). */
function uriOf(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
