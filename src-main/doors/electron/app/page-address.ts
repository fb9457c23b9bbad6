export const pageScheme = 'app';
export const pageOrigin = `${pageScheme}://offrec`;
export const pageAddress = `${pageOrigin}/index.html`;
