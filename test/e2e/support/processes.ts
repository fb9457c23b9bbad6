import { readdirSync, readFileSync } from 'node:fs';

interface ProcessLine {
  readonly pid: number;
  readonly parent: number;
  readonly words: string;
}

/** Every process of this machine, as the kernel lists them. */
function allProcesses(): ProcessLine[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        const words = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
        // The name before it may hold spaces and brackets.
        const [, parent = '0'] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        return [{ pid: Number(name), parent: Number(parent), words }];
      } catch {
        // It has ended meanwhile.
        return [];
      }
    });
}

/** The child of a process whose command line holds a text; null when there is none. */
export function childOf(parent: number, text: string): number | null {
  const found = allProcesses().find(
    (process) => process.parent === parent && process.words.includes(text),
  );
  return found?.pid ?? null;
}
