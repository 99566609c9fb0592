/** The QR reader itself, a megabyte: loaded only when somebody scans. It comes from our server, like everything here. */

import { BarcodeDetector, prepareZXingModule } from "barcode-detector/ponyfill";
import wasm from "zxing-wasm/reader/zxing_reader.wasm?url";

export interface Code {
  readonly text: string;
  readonly corners: readonly { readonly x: number; readonly y: number }[];
}

prepareZXingModule({ overrides: { locateFile: (name: string) => (name.endsWith(".wasm") ? wasm : name) } });

const detector = new BarcodeDetector({ formats: ["qr_code", "micro_qr_code", "rm_qr_code"] });

/** Read every code in view. Rejects when the reader could not be loaded. */
export async function read(source: HTMLVideoElement | HTMLCanvasElement): Promise<Code[]> {
  const found = await detector.detect(source);
  return found.map((code) => ({ text: code.rawValue, corners: code.cornerPoints }));
}
