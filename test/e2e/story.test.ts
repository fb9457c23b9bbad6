import { describe } from 'vitest';
import { whyNoElectron } from '../electron/support/launch.ts';
import { BrowserDoor, whyNoBrowser } from './support/browser-door.ts';
import { tellStory } from './support/story.ts';
import { WindowDoor } from './support/window-door.ts';

describe.skipIf(whyNoBrowser !== null)(`the story in Chromium (${whyNoBrowser ?? 'real'})`, () =>
  tellStory(() => new BrowserDoor()),
);

describe.skipIf(whyNoElectron !== null)(`the story in Electron (${whyNoElectron ?? 'real'})`, () =>
  tellStory(() => new WindowDoor()),
);
