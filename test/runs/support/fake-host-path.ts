import { fileURLToPath } from 'node:url';

export const fakeTrainHost = fileURLToPath(new URL('fake-train-host.ts', import.meta.url));
export const patientJobHost = fileURLToPath(new URL('patient-job-host.ts', import.meta.url));
export const coreProcess = fileURLToPath(new URL('core-process.ts', import.meta.url));
