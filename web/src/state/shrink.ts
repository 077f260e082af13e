/** Makes a photo small enough to be sent over a phone's network; in doing so it loses what the camera
 *  wrote into it (place, time, device). */

/** The longer side, in pixels: enough to read a number plate, small enough to send. */
const LONGEST = 1600;
const QUALITY = 0.82;

/** The size that fits; a small picture stays as it is. Pure. */
export function fitted(width: number, height: number, longest = LONGEST): [number, number] {
  const scale = Math.min(1, longest / Math.max(width, height));
  return [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
}

export interface Shrunk {
  /** A data address, for the preview. */
  preview: string;
  /** What is sent. */
  base64: string;
}

/** `null` when the browser cannot read it as a picture. */
export async function shrink(file: Blob): Promise<Shrunk | null> {
  try {
    const picture = await createImageBitmap(file, { imageOrientation: 'from-image' });
    const [width, height] = fitted(picture.width, picture.height);
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [width, height];
    const context = canvas.getContext('2d');
    if (!context) return null;
    // What is transparent becomes paper, not black.
    context.fillStyle = '#ffffff';
    context.fillRect(0, 0, width, height);
    context.drawImage(picture, 0, 0, width, height);
    picture.close();
    const preview = canvas.toDataURL('image/jpeg', QUALITY);
    return { preview, base64: preview.slice(preview.indexOf(',') + 1) };
  } catch {
    return null;
  }
}
