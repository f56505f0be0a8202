// Made from schemas/ by scripts/generate.ts; run `npm run generate` after a change there.

/**
 * waybill.json at the root of a workspace: the git repository that holds automations, secrets and connectors.
 */
export interface WorkspaceConfig {
  /**
   * Path or address of this schema, for editors.
   */
  $schema?: string;
  /**
   * The Waybill version that this workspace is made for, as major.minor.patch.
   */
  waybill: string;
}
