/** Raised by every change of the router that an older page or core would misunderstand. */
export const contractVersion = 5;
