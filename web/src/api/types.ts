import type { components } from './schema';

type Shapes = components['schemas'];

export type Overview = Shapes['Overview'];
export type SubjectRow = Shapes['SubjectRow'];
export type SubjectState = Shapes['SubjectState'];
export type Subject = Shapes['Subject'];
export type MatrixRow = Shapes['MatrixRow'];
export type Cell = Shapes['Cell'];
export type TimelineRecord = Shapes['TimelineRecord'];
export type Delivery = Shapes['Delivery'];
export type SyncLag = Shapes['SyncLag'];
export type Case = Shapes['Exception'];
export type CaseWithRaw = Shapes['ExceptionWithRaw'];
export type Connection = Shapes['Connection'];
