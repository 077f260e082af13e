/** Words of the board in the reader's language. Pure. */
import type { Lang } from '../state/url';
import { boardEn } from './board.en';
import { type BoardWords, boardZh } from './board.zh';

export type { BoardWords };

export const boardWords = (lang: Lang): BoardWords => (lang === 'en' ? boardEn : boardZh);
