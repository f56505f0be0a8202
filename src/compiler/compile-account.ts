import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Plan } from '../generated/plan.ts';
import type { Automation } from '../generated/automation.ts';
import { namePlan } from '../plan/digest.ts';
import type { Source } from '../workspace/workspace.ts';
import { CallableAutomations } from './callable-automations.ts';
import { checkCallsInAccount } from './checks/call-in-account.ts';
import { checkRepeats } from './checks/dedupe.ts';
import { checkInstallSettings } from './checks/install-settings.ts';
import { checkPermissions } from './checks/sensitive-permission.ts';
import { resolveConnections } from './checks/step-connection.ts';
import { resolveTables } from './checks/table.ts';
import { resolveEventVerify, resolveVerify } from './checks/webhook-verify.ts';
import { installsOf, type AccountContext, type CompileContext } from './context.ts';
import { lowerAutomation } from './lower.ts';

/** Checks what an account runs, its own automations and those it installs, in order of name. Gives what makes their plans. */
export function compileAccount(
  context: CompileContext,
  account: AccountContext['account'],
  own: ReadonlyMap<string, Source<Automation>>,
): { plans: (() => Plan)[]; mappings: number } {
  const compiler = new AccountCompiler(context, account, own);
  const plans = compiler.names.flatMap((name) => compiler.plan(name) ?? []);
  return { plans, mappings: compiler.mappings };
}

class AccountCompiler {
  readonly names: readonly string[];
  mappings = 0;
  private readonly running = new Map<string, AccountContext>();
  private readonly plans = new Map<string, (() => Plan) | undefined>();
  private readonly digests = new Map<string, string>();

  constructor(
    context: CompileContext,
    account: AccountContext['account'],
    own: ReadonlyMap<string, Source<Automation>>,
  ) {
    const { catalog, tables, shared } = context;
    const installs = new Map(Object.entries(installsOf(account)));
    const installed = { names: [...installs.keys()], shared };
    const callable = new CallableAutomations(own, { catalog, tables, shared: false, installed });
    this.names = [...new Set([...own.keys(), ...installs.keys()])].toSorted();
    for (const name of this.names) {
      const install = own.has(name) ? undefined : installs.get(name);
      const checked = install === undefined ? callable.get(name) : shared.get(name);
      if (checked === undefined) continue;
      this.running.set(name, { ...context, account, name, checked, ...(install === undefined ? {} : { install }) });
      // A shared one is told of, and counted, once.
      if (install !== undefined) continue;
      this.mappings += checked.flow.count;
      for (const diagnostic of checked.diagnostics) context.report(diagnostic);
    }
  }

  /** What makes the plan, where nothing is wrong with it and with what it calls. */
  plan(name: string): (() => Plan) | undefined {
    const known = this.running.get(name);
    if (known === undefined || this.plans.has(name)) return this.plans.get(name);
    const plan = this.checkInAccount(known);
    this.plans.set(name, plan);
    return plan;
  }

  /** Checks what depends on the account. */
  private checkInAccount(outer: AccountContext): (() => Plan) | undefined {
    let { broken } = outer.checked;
    const report = (diagnostic: Diagnostic): void => {
      broken ||= diagnostic.severity === 'error';
      outer.report(diagnostic);
    };
    const context = { ...outer, report };
    const settings = checkInstallSettings(context);
    const connections = resolveConnections(context);
    const ofWebhook = resolveVerify(context);
    if (ofWebhook !== undefined) checkRepeats(context, ofWebhook);
    const verify = ofWebhook ?? resolveEventVerify(context, connections.trigger);
    checkPermissions(context);
    const tables = resolveTables(context);
    // What is broken may call itself.
    if (!outer.checked.broken) checkCallsInAccount(context, (name) => this.callee(name));
    if (broken) return undefined;
    return () => lowerAutomation(context, { ...connections, verify, tables }, settings, (name) => this.digestOf(name));
  }

  private callee(name: string): { shared: boolean; planned: boolean } | undefined {
    const callee = this.running.get(name);
    if (callee === undefined) return undefined;
    return { shared: callee.checked.automation.shared, planned: this.plan(name) !== undefined };
  }

  private digestOf(name: string): string | undefined {
    const plan = this.digests.has(name) ? undefined : this.plan(name);
    if (plan !== undefined) this.digests.set(name, namePlan(plan()).digest);
    return this.digests.get(name);
  }
}
