/** What things are called. Pure. */
import type { PlanningWords } from '../../i18n/planning';

export const areaName = (
  area: { name: string | null; code: string | null } | null,
  w: PlanningWords,
): string => area?.name ?? area?.code ?? w.unnamed;

export const homeName = (
  home: { id: number; name: string | null; code: string | null },
  w: PlanningWords,
): string => home.name ?? home.code ?? w.building(home.id);

/** "7 分 30 秒" */
export const walkTime = (seconds: number, w: PlanningWords): string => w.siting.seconds(Math.round(seconds));
