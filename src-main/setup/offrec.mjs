#!/usr/bin/env node
/**
 * The command `offrec`. Starts the application on the Node that runs it, whatever Node this file was started
 * with, and stands in for it: same streams, same signals, same exit status.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import * as modules from 'node:module';
import { join } from 'node:path';
import {
  applicationNode,
  cacheFolder,
  nodeMajor,
  oldestNode,
  projectFolder,
} from './locations.mjs';

const entry = join(projectFolder, 'src-main', 'doors', 'terminal', 'main.ts');
const parentPollMs = 250;

// Read by Node itself, here and in the processes that the application starts.
process.env.NODE_COMPILE_CACHE ??= join(cacheFolder(), 'compiled');

if (nodeMajor(process.versions.node) >= oldestNode) {
  modules.enableCompileCache();
  if (process.env.npm_command !== undefined) endWithParents();
  process.argv[1] = entry;
  await import(entry);
} else {
  startOn(applicationNode());
}

/**
 * npx and npm put a shell between themselves and this process. A signal that is sent to npm alone ends npm and
 * never arrives here, so the end of npm or of the shell counts as one: runs pause instead of going on unseen.
 */
function endWithParents() {
  const atStart = parents();
  const timer = setInterval(() => {
    if (parents() === atStart) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, parentPollMs);
  timer.unref();
}

/** The parent and, on Linux, its parent. */
function parents() {
  try {
    // The name of the program, in brackets, may hold anything; the parent is the second field after it.
    const fields = readFileSync(`/proc/${process.ppid}/stat`, 'utf8').split(') ').at(-1);
    return `${process.ppid} ${fields?.split(' ')[1]}`;
  } catch {
    return `${process.ppid}`;
  }
}

/** @param {string | null} node */
function startOn(node) {
  if (node === null) {
    console.error(
      `Offrec needs Node ${oldestNode}, this is Node ${process.versions.node}. ` +
        `npm ci brings it along on Linux x64; elsewhere install Node ${oldestNode} and try again.`,
    );
    process.exitCode = 6;
    return;
  }
  const child = spawn(node, [entry, ...process.argv.slice(2)], { stdio: 'inherit' });
  const forwarded = forwardSignals(child);
  child.once('error', (error) => {
    console.error(`${node} cannot be started: ${error.message}`);
    process.exitCode = 6;
  });
  child.once('exit', (code, signal) => {
    for (const [name, listener] of forwarded) process.off(name, listener);
    // Ending by the same signal tells the shell what a plain status could not.
    if (signal !== null) process.kill(process.pid, signal);
    else process.exitCode = code ?? 1;
  });
}

/**
 * On a terminal Ctrl-C reaches the whole group of processes, the application included: handing it on as well
 * would interrupt twice. This process only has to outlive it.
 * @param {import('node:child_process').ChildProcess} child
 */
function forwardSignals(child) {
  const onTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  /** @type {readonly NodeJS.Signals[]} */
  const names = ['SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGHUP', 'SIGUSR2', 'SIGCONT'];
  /** @type {[NodeJS.Signals, () => void][]} */
  const listeners = names.map((name) => {
    const fromTerminal = onTerminal && (name === 'SIGINT' || name === 'SIGQUIT');
    return [name, () => void (fromTerminal || child.kill(name))];
  });
  for (const [name, listener] of listeners) process.on(name, listener);
  return listeners;
}
