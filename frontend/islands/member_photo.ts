/** Make a photo small before it leaves the phone: nobody pays for twelve megapixels, and nothing but the picture goes. */

const EDGE_MAX = 1600;
const QUALITY = 0.82;

/** Return a picture file as a JPEG of at most EDGE_MAX pixels along its longer edge, in base64. Rejects for no picture. */
export async function scaledPhoto(file: File): Promise<string> {
  const address = URL.createObjectURL(file);
  try {
    return await drawn(await loaded(address));
  } finally {
    URL.revokeObjectURL(address);
  }
}

function loaded(address: string): Promise<HTMLImageElement> {
  return new Promise((resolve, reject) => {
    const picture = new Image();
    picture.onload = () => resolve(picture);
    picture.onerror = () => reject(new Error("no picture"));
    picture.src = address;
  });
}

/** Drawing anew also leaves behind where and with what the photo was taken. */
async function drawn(picture: HTMLImageElement): Promise<string> {
  const share = Math.min(1, EDGE_MAX / Math.max(picture.naturalWidth, picture.naturalHeight));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.naturalWidth * share));
  canvas.height = Math.max(1, Math.round(picture.naturalHeight * share));
  const surface = canvas.getContext("2d");
  if (!surface) throw new Error("no canvas");
  surface.fillStyle = "#fff"; // JPEG knows no transparency.
  surface.fillRect(0, 0, canvas.width, canvas.height);
  surface.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL("image/jpeg", QUALITY).split(",")[1] ?? "";
}
