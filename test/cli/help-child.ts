/** Prints as JSON the help of every command of the command line, by its words: dozens of starts would take long. */
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const helps: { [command: string]: string } = {};
await read([]);
process.stdout.write(JSON.stringify(helps));

async function read(command: readonly string[]): Promise<void> {
  const help = await helpOf(command);
  helps[command.join(' ')] = help;
  // Commands may stand under several headings.
  for (const [, heading = '', listed = ''] of help.matchAll(/(?<=\n)([A-Z][a-z]+):\n([^]*?)(?=\n\n|$)/g)) {
    if (['Arguments', 'Options', 'Example', 'Examples'].includes(heading)) continue;
    for (const [, name = ''] of listed.matchAll(/^ {2}([a-z]+)/gm)) if (name !== 'help') await read([...command, name]);
  }
}

/** The command line runs when it is loaded; another query loads it again, and nothing of what it imports. */
async function helpOf(command: readonly string[]): Promise<string> {
  process.argv = [process.execPath, 'waybill', ...command, '--help'];
  const write = process.stdout.write.bind(process.stdout);
  let help = '';
  process.stdout.write = (text: string | Uint8Array): boolean => {
    help += String(text);
    return true;
  };
  await import(`${main}?${command.join('+')}`);
  await new Promise((resolve) => setImmediate(resolve));
  process.stdout.write = write;
  return help;
}
