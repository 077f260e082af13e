/** How very many cases are drawn: one by one by their urgency, told apart by form as well as colour;
 *  summed where they are close; or as heat. Pure. */
import type { FilterSpecification, LayerSpecification } from 'maplibre-gl';

export const URGENCY = { overdue: '#b91c1c', warned: '#b45309', open: '#0f766e', over: '#64748b' } as const;

const FORMS: Record<keyof typeof URGENCY, string> = {
  overdue: '<path d="M8 2h8l6 6v8l-6 6H8l-6-6V8z" FILL/><path d="M12 6.500v7M12 16.600v1" INK/>',
  warned: '<path d="M12 1.500 22.500 12 12 22.500 1.500 12z" FILL/><path d="M12 7.500V12l3 2" INK/>',
  open: '<circle cx="12" cy="12" r="9" FILL/><circle cx="12" cy="12" r="2.500" fill="#fff"/>',
  over: '<circle cx="12" cy="12" r="9" FILL/><path d="m8 12.300 2.800 2.800L16 9.500" INK/>',
};

/** The mark of a case, `case:KIND`; null for anything else. Also the legend's. */
export function markSvg(id: string, size: number): string | null {
  const kind = /^case:(overdue|warned|open|over)$/.exec(id)?.[1] as keyof typeof URGENCY | undefined;
  if (!kind) return null;
  const form = FORMS[kind]
    .replace('FILL', `fill="${URGENCY[kind]}" stroke="#fff" stroke-width="1.600"`)
    .replace('INK', 'fill="none" stroke="#fff" stroke-width="2.200" stroke-linecap="round"');
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" viewBox="0 0 24 24">${form}</svg>`;
}

const several: FilterSpecification = ['>', ['get', 'count'], 1];

interface Sources {
  crowd: string;
  heat: string;
  chosen: string;
}

export function crowdLayers({ crowd: source, heat, chosen }: Sources, font: string[]): LayerSpecification[] {
  return [
    {
      id: 'page-heat',
      type: 'heatmap',
      source: heat,
      paint: {
        'heatmap-weight': ['min', 1, ['/', ['ln', ['+', 1, ['get', 'count']]], 4]],
        'heatmap-radius': ['interpolate', ['linear'], ['zoom'], 10, 16, 17, 46],
        'heatmap-intensity': ['interpolate', ['linear'], ['zoom'], 10, 0.8, 17, 1.6],
        'heatmap-opacity': 0.75,
        'heatmap-color': [
          'interpolate',
          ['linear'],
          ['heatmap-density'],
          0,
          'rgba(254,243,199,0)',
          0.15,
          '#fde68a',
          0.4,
          '#f59e0b',
          0.7,
          '#dc2626',
          1,
          '#7f1d1d',
        ],
      },
    },
    {
      id: 'page-crowd',
      type: 'circle',
      source,
      filter: several,
      layout: { 'circle-sort-key': ['get', 'count'] },
      paint: {
        'circle-color': '#ffffff',
        'circle-radius': ['interpolate', ['linear'], ['ln', ['get', 'count']], 0.7, 14, 7, 30],
        'circle-stroke-color': [
          'case',
          ['>', ['get', 'overdue'], 0],
          URGENCY.overdue,
          ['>', ['get', 'warned'], 0],
          URGENCY.warned,
          URGENCY.open,
        ],
        'circle-stroke-width': 4,
      },
    },
    {
      id: 'page-crowd-count',
      type: 'symbol',
      source,
      filter: several,
      layout: {
        'text-field': [
          'case',
          ['>', ['get', 'overdue'], 0],
          [
            'format',
            ['to-string', ['get', 'count']],
            {},
            '\n',
            {},
            ['concat', '!', ['to-string', ['get', 'overdue']]],
            { 'font-scale': 0.85, 'text-color': URGENCY.overdue },
          ],
          ['to-string', ['get', 'count']],
        ],
        'text-font': font,
        'text-size': 13,
        'text-line-height': 1.05,
        'text-allow-overlap': true,
        'text-ignore-placement': true,
      },
      paint: { 'text-color': '#0f172a' },
    },
    {
      id: 'page-crowd-case',
      type: 'symbol',
      source,
      filter: ['==', ['get', 'count'], 1],
      layout: {
        'icon-image': ['concat', 'case:', ['get', 'kind']],
        'icon-allow-overlap': true,
        'icon-ignore-placement': true,
        'symbol-sort-key': ['match', ['get', 'kind'], 'overdue', 3, 'warned', 2, 'open', 1, 0],
      },
    },
    {
      id: 'page-crowd-chosen',
      type: 'circle',
      source: chosen,
      paint: {
        'circle-radius': 19,
        'circle-color': '#2563eb',
        'circle-opacity': 0.16,
        'circle-stroke-color': '#2563eb',
        'circle-stroke-width': 3,
      },
    },
    {
      id: 'page-chosen-case',
      type: 'symbol',
      source: chosen,
      layout: {
        'icon-image': ['concat', 'case:', ['get', 'kind']],
        'icon-allow-overlap': true,
        'icon-ignore-placement': true,
      },
    },
  ];
}
