import { useEventListener } from '@vueuse/core';
import { onMounted, shallowRef, watch } from 'vue';
import { useRouter } from 'vue-router';

/** What was let go over the window and lies beside every form, until a form takes it. */
interface Dropped {
  readonly file: File;
  readonly kind: 'experiment' | 'file' | 'folder';
}

const dropped = shallowRef<Dropped | null>(null);

function kindOf(file: File, item: DataTransferItem | undefined): Dropped['kind'] {
  if (item?.webkitGetAsEntry()?.isDirectory === true) return 'folder';
  return /\.ya?ml$/i.test(file.name) ? 'experiment' : 'file';
}

/** Brings what is dropped anywhere to the form that it is for: experiments are opened, all else is imported. */
export function useDroppedFiles(): void {
  const router = useRouter();
  const isForUs = (event: DragEvent): boolean =>
    !event.defaultPrevented && event.dataTransfer?.types.includes('Files') === true;
  useEventListener(window, 'dragover', (event) => {
    if (!isForUs(event)) return;
    event.preventDefault();
    if (event.dataTransfer !== null) event.dataTransfer.dropEffect = 'copy';
  });
  useEventListener(window, 'drop', (event) => {
    const [file] = event.dataTransfer?.files ?? [];
    if (!isForUs(event) || file === undefined) return;
    event.preventDefault();
    const kind = kindOf(file, event.dataTransfer?.items[0]);
    dropped.value = { file, kind };
    void router.push(kind === 'experiment' ? '/experiments/new' : '/import');
  });
}

/** Kind of what was dropped last and is not taken yet. */
export function onDroppedKind(tell: (kind: Dropped['kind']) => void): void {
  watch(dropped, (now) => now !== null && tell(now.kind), { immediate: true });
}

/** Takes what is dropped of one kind, also what was dropped before the calling component was there. */
export function useDropped(kind: Dropped['kind'], take: (file: File) => void): void {
  onMounted(() => {
    watch(
      dropped,
      (now) => {
        if (now?.kind !== kind) return;
        dropped.value = null;
        take(now.file);
      },
      { immediate: true },
    );
  });
}
