import type { ValidateFunction } from 'ajv';
import { nearestName } from '../diagnostics/nearest-name.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Account } from '../generated/account.ts';
import type { Automation } from '../generated/automation.ts';
import type { Connector } from '../generated/connector.ts';
import type { AutomationTest } from '../generated/test.ts';
import type { WorkspaceConfig } from '../generated/waybill.ts';
import {
  validateAccount,
  validateAutomation,
  validateConnector,
  validateTest,
  validateWaybill,
} from '../generated/validators.js';
import { parsePointer } from '../json/pointer.ts';
import { describeSchemaErrors, type SchemaIssue } from '../json/schema-issue.ts';
import { parseDocument, type JsonDocument } from './json-document.ts';
import { WHOLE_FILE, type SourceTree } from './source-tree.ts';
import { parseTable } from './table.ts';
import { SHARED, sharedAutomationIn, type Source, type Workspace } from './workspace.ts';

/** Reads and validates every file; one that is broken does not hide what is wrong in the others. */
export function loadWorkspace(tree: SourceTree): { workspace: Workspace; diagnostics: Diagnostic[] } {
  const loader = new Loader(tree);
  for (const [file, text] of tree.files) loader.load(file, text);
  if (!tree.files.has('waybill.json')) loader.reportMissingConfig();
  return { workspace: loader.workspace, diagnostics: loader.diagnostics };
}

class Loader {
  readonly workspace: Workspace = {
    accounts: new Map(),
    automations: [],
    shared: new Map(),
    tests: [],
    secrets: new Map(),
    connectors: new Map(),
    tables: new Map(),
    accountTables: new Map(),
    brokenConnectors: new Set(),
  };
  readonly diagnostics: Diagnostic[];

  constructor(tree: SourceTree) {
    this.diagnostics = [...tree.diagnostics];
  }

  load(file: string, text: string): void {
    const [root, folder = '', name = ''] = file.split('/');
    const { workspace } = this;
    const shared = sharedAutomationIn(file);
    if (shared !== undefined) {
      workspace.shared.set(shared, this.read<Automation>(file, text, validateAutomation));
    } else if (root === 'secrets') {
      workspace.secrets.set(file, text);
    } else if (file === '.sops.yaml') {
      workspace.sopsRules = text;
    } else if (file === 'waybill.json') {
      const config = this.read<WorkspaceConfig>(file, text, validateWaybill);
      if (config !== undefined) workspace.config = config;
    } else if (root === 'tables') {
      this.loadTable(file, text);
    } else if (root === 'connectors' && name === 'connector.json') {
      const connector = this.read<Connector>(file, text, validateConnector);
      if (connector === undefined) workspace.brokenConnectors.add(folder);
      else workspace.connectors.set(folder, connector);
    } else if (root === 'automations' && file.split('/').length === 3) {
      this.loadAccountFile(file, text, folder, name);
    } else if (root === 'automations' || (root === 'connectors' && name === '')) {
      this.reportPlace(file, root);
    }
  }

  reportMissingConfig(): void {
    this.diagnostics.push({
      code: 'WB7001',
      severity: 'error',
      message: 'the workspace has no waybill.json',
      file: 'waybill.json',
      pointer: '',
      range: WHOLE_FILE,
      help: 'make one: { "waybill": "0.1.0" }',
    });
  }

  private loadAccountFile(file: string, text: string, account: string, name: string): void {
    if (name === 'account.json' && account === SHARED) {
      this.reportSharedAccount(file);
    } else if (name === 'account.json') {
      const source = this.read<Account>(file, text, validateAccount);
      if (source !== undefined) this.workspace.accounts.set(account, source);
    } else if (name.endsWith('.test.json')) {
      const source = this.read<AutomationTest>(file, text, validateTest);
      if (source !== undefined)
        this.workspace.tests.push({ ...source, account, automation: name.slice(0, -'.test.json'.length) });
    } else {
      const source = this.read<Automation>(file, text, validateAutomation);
      if (source !== undefined)
        this.workspace.automations.push({ ...source, account, name: name.slice(0, -'.json'.length) });
    }
  }

  private loadTable(file: string, text: string): void {
    const { table, diagnostics } = parseTable(file, text);
    this.diagnostics.push(...diagnostics);
    const [, account, name] = /^tables\/(?:([^/]+)\/)?([a-z][a-z0-9_-]{0,62})\.csv$/.exec(file) ?? [];
    if (name === undefined) {
      this.reportTablePlace(file);
      return;
    }
    const { tables, accountTables } = this.workspace;
    if (account === undefined) tables.set(name, table);
    else accountTables.set(account, (accountTables.get(account) ?? new Map()).set(name, table));
  }

  private reportTablePlace(file: string): void {
    this.diagnostics.push({
      code: 'WB2025',
      severity: 'error',
      message: 'no step can name this table',
      file,
      pointer: '',
      range: WHOLE_FILE,
      help: 'call it tables/<name>.csv or tables/<account>/<name>.csv, with a name of small letters, digits, _ and -',
    });
  }

  private reportPlace(file: string, root: 'automations' | 'connectors'): void {
    this.diagnostics.push({
      code: 'WB7009',
      severity: 'warning',
      message: 'the file is not read: it does not lie where Waybill looks',
      file,
      pointer: '',
      range: WHOLE_FILE,
      help:
        root === 'automations' ? 'automations lie in automations/<account>/' : 'write connectors/<name>/connector.json',
    });
  }

  private reportSharedAccount(file: string): void {
    this.diagnostics.push({
      code: 'WB7006',
      severity: 'error',
      message: `\`${SHARED}\` is no account: its automations run in the accounts that install them`,
      file,
      pointer: '',
      range: WHOLE_FILE,
      help: 'move the account to a folder of another name',
    });
  }

  private read<Value>(file: string, text: string, validate: ValidateFunction): Source<Value> | undefined {
    const { document, diagnostics } = parseDocument(file, text);
    this.diagnostics.push(...diagnostics);
    if (document === undefined || diagnostics.length > 0) return undefined;
    if (validate(document.value)) return { document, value: document.value as Value };
    const issues = withoutFollowUps(describeSchemaErrors(validate.errors ?? []));
    this.diagnostics.push(...issues.map((issue) => schemaDiagnostic(document, issue)));
    return undefined;
  }
}

/** What is said of a property that is only misspelt is said by its right name. */
function withoutFollowUps(issues: readonly SchemaIssue[]): SchemaIssue[] {
  const meant = new Set(issues.map((issue) => `${issue.pointer} ${meantProperty(issue)}`));
  return issues.filter(({ pointer, keyword, property, choices = [] }) => {
    const about = ABOUT_PROPERTY.has(keyword) && property !== undefined ? [property] : choices;
    return !about.some((name) => meant.has(`${pointer} ${name}`));
  });
}

const ABOUT_PROPERTY = new Set(['required', 'dependentRequired']);

function meantProperty({ property = '', known = [] }: SchemaIssue): string | undefined {
  return nearestName(property, known);
}

function schemaDiagnostic(document: JsonDocument, issue: SchemaIssue): Diagnostic {
  const path = parsePointer(issue.pointer).map((token) => (/^\d+$/.test(token) ? Number(token) : token));
  const unknown = issue.property !== undefined && issue.keyword !== 'required';
  const place = unknown && issue.property !== undefined ? [...path, issue.property] : path;
  const subject = path.length === 0 ? 'the file' : `\`${path.join('.')}\``;
  const near = unknown && meantProperty(issue);
  return document.diagnostic('WB1003', place, `${subject} ${issue.message}`, {
    range: document.rangeOf(place, unknown || issue.keyword === 'required' ? 'key' : 'value'),
    ...(near ? { help: `did you mean \`${near}\`?` } : issue.description && { help: issue.description }),
  });
}
