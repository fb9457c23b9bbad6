import { onScopeDispose } from 'vue';
import { onReset } from '../api/session.ts';

/** Reads now and whenever everything must be read again, for as long as the component lives. */
export function useReading(load: () => Promise<void>): void {
  onScopeDispose(onReset(() => void load()));
  void load();
}
