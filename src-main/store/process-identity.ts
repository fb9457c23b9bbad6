import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** A process that can be told from a later one with the same number. */
export interface ProcessIdentity {
  readonly machine: string;
  readonly pid: number;
  /** The kernel's start time of the process; empty where it cannot be read. */
  readonly start: string;
}

function readOr(file: string, read: (file: string) => string): string {
  try {
    return read(file);
  } catch {
    // Not every platform and container shows this; what is left still tells machines apart.
    return '';
  }
}

const readText = (file: string): string => readFileSync(file, 'utf8');

/**
 * Names this machine in this boot and process namespace: process numbers of two records can be compared only
 * when their machines are equal.
 */
function machineName(): string {
  const parts = [
    hostname(),
    readOr('/proc/sys/kernel/random/boot_id', readText),
    readOr('/proc/self/ns/pid', (file) => readlinkSync(file)),
  ];
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 16);
}

/** State letter and start time of a process from the kernel, or null when it is not there. */
function kernelRecord(pid: number): { state: string; start: string } | null {
  const text = readOr(`/proc/${String(pid)}/stat`, readText);
  // The name in parentheses may hold spaces: fields are counted after the last parenthesis.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const state = fields[0];
  const start = fields[19];
  return state === undefined || start === undefined ? null : { state, start };
}

export function identifyProcess(pid: number): ProcessIdentity {
  return { machine: machineName(), pid, start: kernelRecord(pid)?.start ?? '' };
}

function answersSignal(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives and belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Whether the very process of the record still runs on this machine. A zombie does not. */
export function isProcessAlive(identity: ProcessIdentity): boolean {
  if (!answersSignal(identity.pid)) return false;
  const record = kernelRecord(identity.pid);
  if (record === null) return process.platform !== 'linux';
  if (record.state === 'Z' || record.state === 'X') return false;
  return identity.start === '' || record.start === identity.start;
}
