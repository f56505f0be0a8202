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
  /**
   * Texts of the workspace that look like credentials and are none, such as a service's documented example: the fingerprint that the finding shows, and why it may be there.
   */
  not_secret?: {
    [k: string]: string;
  };
}
