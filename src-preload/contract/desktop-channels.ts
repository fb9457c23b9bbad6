/**
 * Names of the messages between a window and the main process. One function of the bridge stands for each; nothing
 * else is reachable.
 */
export const channels = {
  chooseFile: 'offrec:choose-file',
  chooseFolder: 'offrec:choose-folder',
  saveFile: 'offrec:save-file',
  openFolder: 'offrec:open-folder',
  connect: 'offrec:connect',
  coreState: 'offrec:core-state',
  restartCore: 'offrec:restart-core',
  copyDiagnostics: 'offrec:copy-diagnostics',
  settings: 'offrec:settings',
  changeSettings: 'offrec:change-settings',
  showCommands: 'offrec:show-commands',
  /** To the window: the port, the core's state, a chosen command, a run to show. */
  port: 'offrec:port',
  coreStateChanged: 'offrec:core-state-changed',
  command: 'offrec:command',
  runOpened: 'offrec:run-opened',
} as const;
