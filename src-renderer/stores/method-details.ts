import { defineStore } from 'pinia';
import { shallowReactive } from 'vue';
import type { MethodDetail } from '#contract/routes/methods.ts';
import { core, onReset } from '../api/session.ts';

/** What is asked of methods one by one: their schemas and defaults. Each is read once. */
export const useMethodDetails = defineStore('methodDetails', () => {
  const details = shallowReactive(new Map<string, MethodDetail>());
  const asked = new Map<string, Promise<MethodDetail>>();
  onReset(() => {
    details.clear();
    asked.clear();
  });

  /** Rejects for a method that does not exist. */
  function read(name: string): Promise<MethodDetail> {
    const before = asked.get(name);
    if (before !== undefined) return before;
    const reading = core.methods.show({ name });
    asked.set(name, reading);
    reading.then(
      (detail) => details.set(name, detail),
      () => asked.delete(name),
    );
    return reading;
  }
  return { details, read };
});
