import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { UserShell } from '../cli/user-shell.ts';
import { root, type Result } from '../cli/waybill.ts';
import { VERSION } from '../../src/version.ts';
import { READ_TOKEN, RIGHT_TOKEN, withGithub, type Github } from '../github/stand-in.ts';

interface Step {
  name?: string;
  run?: string;
  uses?: string;
  env?: { [name: string]: string };
}

const { runs } = parse(await readFile(join(root, '.github/actions/waybill/action.yml'), 'utf8')) as {
  runs: { steps: Step[] };
};
const commands = runs.steps.filter((step) => step.run !== undefined);
let place = '';

before(async () => {
  place = await mkdtemp(join(tmpdir(), 'waybill-action-'));
  await promisify(execFile)('npm', ['pack', '--pack-destination', place], { cwd: root });
});
after(() => rm(place, { recursive: true, force: true }));

test('no text of a pull request can reach a shell', () => {
  for (const { run = '' } of commands) assert.doesNotMatch(run, /\$\{\{/);
  assert.equal(commands.length + 1, runs.steps.length);
});

test('each command of the action does its work, and the plan is one comment', { timeout: 120_000 }, async () => {
  await withGithub(async (github) => {
    const job = await newJob(github, RIGHT_TOKEN);
    await job.change('Hello, ${{ trigger.body.name }}', 'Good day, ${{ trigger.body.name }}');
    const results = await job.runAll();
    assert.deepEqual(
      results.map(({ code }) => code),
      [0, 0, 1, 0],
      'the test of the automation expects the old greeting',
    );
    assert.match(results[3]?.out ?? '', /The plan is a comment of pull request 7/);
    await job.runAll();
    assert.equal(github.comments.length, 1);
    assert.match(github.comments[0]?.body ?? '', /^<!-- waybill:plan -->\n[^]*greet changed[^]*Good day/);
  });
});

test('a mistake is an annotation at its line', { timeout: 120_000 }, async () => {
  await withGithub(async (github) => {
    const job = await newJob(github, RIGHT_TOKEN);
    await job.change('trigger.body.name }}!', 'trigger.body.nmae }}!');
    const [, check] = await job.runAll();
    assert.equal(check?.code, 1);
    assert.match(check?.out ?? '', /::error file=automations\/demo\/greet\.json,line=\d+[^]*WB2006/);
  });
});

test('where the token may not comment, the plan is in the summary of the job', { timeout: 120_000 }, async () => {
  await withGithub(async (github) => {
    const job = await newJob(github, READ_TOKEN);
    await job.change('"by": 1', '"by": 2');
    const results = await job.runAll();
    assert.match(results[3]?.out ?? '', /in the job's summary, and no comment: GitHub answered 403/);
    assert.deepEqual(github.comments, []);
    assert.match(await readFile(job.summary, 'utf8'), /greet changed/);
  });
});

interface Job {
  summary: string;
  /** Changes the automation on the branch of the pull request. */
  change: (from: string, to: string) => Promise<void>;
  /** Runs the commands of the action in their order, as a workflow of the pull request does. */
  runAll: () => Promise<Result[]>;
}

/** A new workspace in a repository, with a branch in a clone as a workflow's checkout makes it. */
async function newJob({ api }: Github, token: string): Promise<Job> {
  const folder = await mkdtemp(join(place, 'job-'));
  const shell = new UserShell(folder);
  const made = await shell.run(
    `waybill init first >/dev/null && cd first && git config core.hooksPath none && git add --all && git commit --quiet -m start
     git clone --quiet --bare . ../origin.git && git rev-parse HEAD && cd ..
     git clone --quiet --depth=1 "file://$PWD/origin.git" work && git -C work checkout --quiet -b change`,
    folder,
  );
  assert.equal(made.code, 0, made.err);
  const work = join(folder, 'work');
  const [event, summary] = [join(folder, 'event.json'), join(folder, 'summary.md')];
  await writeFile(event, JSON.stringify({ pull_request: { number: 7 } }));
  const values: { [expression: string]: string } = {
    'inputs.package': join(place, `waybill-${VERSION}.tgz`),
    'inputs.token': token,
    'github.event.pull_request.base.sha': made.out.trim(),
  };
  const env = {
    PATH: `${join(folder, 'global/bin')}:${dirname(process.execPath)}:${process.env['PATH']}`,
    npm_config_prefix: join(folder, 'global'),
    npm_config_offline: 'true',
    GITHUB_API_URL: api,
    GITHUB_REPOSITORY: 'acme/flows',
    GITHUB_EVENT_PATH: event,
    GITHUB_STEP_SUMMARY: summary,
  };
  return {
    summary,
    change: async (from, to) => {
      const file = join(work, 'automations/demo/greet.json');
      const text = await readFile(file, 'utf8');
      assert.ok(text.includes(from));
      await writeFile(file, text.replace(from, to));
      const committed = await shell.run('git add --all && git commit --quiet -m change', work);
      assert.equal(committed.code, 0, committed.err);
    },
    runAll: async () => {
      const results: Result[] = [];
      for (const step of commands) {
        const own = Object.entries(step.env ?? {}).map(([name, value]) => [name, evaluate(value, values)] as const);
        results.push(await shell.run(step.run ?? '', work, { ...env, ...Object.fromEntries(own) }));
      }
      return results;
    },
  };
}

function evaluate(text: string, values: { [expression: string]: string }): string {
  return text.replaceAll(/\$\{\{ (\S+) \}\}/g, (_all, expression: string) => {
    const value = values[expression];
    assert.ok(value !== undefined, expression);
    return value;
  });
}
