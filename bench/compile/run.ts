/**
 * `npm run bench:compile [-- --json]`: checks workspaces beside the floor, in CPU time, memory and ratios. Each measurement
 * is a process of its own; the fastest of some runs counts, because the machine's noise only ever adds.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateWorkspace } from './generate.ts';

interface Measured {
  cpuMs: number;
  memoryMiB: number;
}

const SIZES: { accounts: number; automations: number; runs: number }[] = [
  { accounts: 1, automations: 10, runs: 5 },
  { accounts: 50, automations: 20, runs: 3 },
  { accounts: 500, automations: 20, runs: 2 },
];

const rows = SIZES.map(({ accounts, automations, runs }) => {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-bench-'));
  try {
    generateWorkspace(folder, accounts, automations);
    const [floor, waybill] = [measure('floor.ts', folder, runs), measure('waybill.ts', folder, runs)];
    const reading = measure('read-and-hash.ts', folder, runs);
    measure('second.ts', folder, 1);
    const second = measure('second.ts', folder, runs, () => changeOneFile(folder));
    return {
      automations: accounts * automations,
      floorCpuMs: Math.round(floor.cpuMs),
      waybillCpuMs: Math.round(waybill.cpuMs),
      cpuRatio: Math.round((waybill.cpuMs / floor.cpuMs) * 100) / 100,
      floorMiB: Math.round(floor.memoryMiB),
      waybillMiB: Math.round(waybill.memoryMiB),
      readingCpuMs: Math.round(reading.cpuMs),
      secondCpuMs: Math.round(second.cpuMs),
      secondRatio: Math.round((second.cpuMs / reading.cpuMs) * 100) / 100,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
});
if (process.argv.includes('--json')) console.log(JSON.stringify(rows));
else console.table(rows);

/** So that the second check has something to find. */
function changeOneFile(folder: string): void {
  const file = join(folder, 'automations/account-0/automation-0.json');
  writeFileSync(file, `${readFileSync(file, 'utf8')}\n`);
}

function measure(file: string, folder: string, runs: number, before: () => void = () => undefined): Measured {
  const results = Array.from({ length: runs }, () => {
    before();
    const out = execFileSync(process.execPath, [join(import.meta.dirname, file), folder], { encoding: 'utf8' });
    return JSON.parse(out) as Measured;
  });
  return results.reduce((best, one) => (one.cpuMs < best.cpuMs ? one : best));
}
