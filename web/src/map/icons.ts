/** Badges of the map: a Maki pictogram (CC0) in white on a coloured disc, drawn when the style first
 *  names it as `badge:ICON:#rrggbb`. The subset that is bundled is the list of imports below. */
import building from '@mapbox/maki/icons/building.svg?raw';
import construction from '@mapbox/maki/icons/construction.svg?raw';
import doctor from '@mapbox/maki/icons/doctor.svg?raw';
import grocery from '@mapbox/maki/icons/grocery.svg?raw';
import heart from '@mapbox/maki/icons/heart.svg?raw';
import home from '@mapbox/maki/icons/home.svg?raw';
import hospital from '@mapbox/maki/icons/hospital.svg?raw';
import information from '@mapbox/maki/icons/information.svg?raw';
import library from '@mapbox/maki/icons/library.svg?raw';
import marker from '@mapbox/maki/icons/marker.svg?raw';
import park from '@mapbox/maki/icons/park.svg?raw';
import parking from '@mapbox/maki/icons/parking.svg?raw';
import playground from '@mapbox/maki/icons/playground.svg?raw';
import residential from '@mapbox/maki/icons/residential-community.svg?raw';
import school from '@mapbox/maki/icons/school.svg?raw';
import shop from '@mapbox/maki/icons/shop.svg?raw';
import star from '@mapbox/maki/icons/star.svg?raw';
import suitcase from '@mapbox/maki/icons/suitcase.svg?raw';
import toilet from '@mapbox/maki/icons/toilet.svg?raw';
import townHall from '@mapbox/maki/icons/town-hall.svg?raw';
import wheelchair from '@mapbox/maki/icons/wheelchair.svg?raw';
import { markSvg } from './crowd';

const ICONS: Record<string, string> = {
  building,
  construction,
  doctor,
  grocery,
  heart,
  home,
  hospital,
  information,
  library,
  marker,
  park,
  parking,
  playground,
  'residential-community': residential,
  school,
  shop,
  star,
  suitcase,
  toilet,
  'town-hall': townHall,
  wheelchair,
};

/** The drawing of an icon on its 15 × 15 field; a plain marker when it is not bundled. */
export function glyph(name: string): string {
  const svg = ICONS[name] ?? marker;
  return svg
    .replace(/^[\s\S]*?<svg[^>]*>/, '')
    .replace(/<\/svg>\s*$/, '')
    .replaceAll('&#xA;', ' ')
    .replaceAll('&#x9;', ' ');
}

export interface Badge {
  icon: string;
  color: string;
  /** Rounded square instead of a disc, as parking signs are. */
  square: boolean;
}

/** `badge:ICON:#rrggbb` or `sign:ICON:#rrggbb`; null for anything else. */
export function parseBadge(id: string): Badge | null {
  const match = /^(badge|sign):([a-z-]+):(#[0-9a-f]{3,8})$/i.exec(id);
  return match?.[2] && match[3] ? { icon: match[2], color: match[3], square: match[1] === 'sign' } : null;
}

/** A badge of 24 × 24 CSS pixels with a white rim. */
export function badgeSvg(badge: Badge, scale: number): string {
  const size = 24 * scale;
  const frame = badge.square
    ? `<rect x="2" y="2" width="20" height="20" rx="5" fill="${badge.color}" stroke="#fff" stroke-width="1.600"/>`
    : `<circle cx="12" cy="12" r="10" fill="${badge.color}" stroke="#fff" stroke-width="1.600"/>`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" viewBox="0 0 24 24">` +
    `${frame}<g transform="translate(6 6) scale(.8)" fill="#fff">${glyph(badge.icon)}</g></svg>`
  );
}

/** Rasterises a badge or a case's mark; null when the id is neither. */
export async function drawBadge(id: string, scale: number): Promise<ImageData | null> {
  const badge = parseBadge(id);
  const svg = badge ? badgeSvg(badge, scale) : markSvg(id, 24 * scale);
  if (!svg) return null;
  const size = 24 * scale;
  const image = new Image(size, size);
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = size;
  canvas.height = size;
  const context = canvas.getContext('2d');
  if (!context) return null;
  context.drawImage(image, 0, 0);
  return context.getImageData(0, 0, size, size);
}
