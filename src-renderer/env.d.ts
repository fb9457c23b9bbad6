declare module '*.css';

/** A file as a data URL. */
declare module '*.ttf?inline' {
  const url: string;
  export { url as default };
}
