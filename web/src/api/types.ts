import type { paths } from './schema';

/** Shapes are taken from the answers, so that a renamed schema changes nothing here. */
type Json<T> = T extends { content: { 'application/json': infer Body } } ? Body : never;
type Got<P extends keyof paths> = paths[P] extends {
  get: { responses: { 200: infer Answer } };
}
  ? Json<Answer>
  : never;

export type SubjectRow = Got<'/v1/subjects'>['items'][number];
export type SubjectState = SubjectRow['states'][number];
export type Subject = Got<'/v1/subjects/{name}'>;
export type MatrixRow = Subject['matrix'][number];
export type Cell = MatrixRow['cells'][number];
export type TimelineRecord = Subject['timeline'][number];
export type Delivery = Subject['deliveries'][number];
export type SyncLag = Subject['sync'][number];
export type Case = Got<'/v1/exceptions'>['items'][number];
export type CaseWithRaw = Got<'/v1/exceptions/{exception_id}'>;
export type Connection = Got<'/v1/connections'>['items'][number];
