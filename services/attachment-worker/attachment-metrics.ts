import { counter } from '../../shared/runtime/metrics.ts';

export const bytesCarried = counter('attachments_bytes_total', 'bytes of files carried, by direction', ['way']);
export const filesCarried = counter('attachments_total', 'files by direction and what became of them', [
  'way',
  'outcome',
]);
