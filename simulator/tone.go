package simulator

import (
	"encoding/binary"
	"math"
	"time"
)

// tone is the sound of every recording: a soft 440 Hz, 8,000 samples of 16 bits a second, one channel, as WAV.
// It is as long as the recording, at least half a second and at most ten.
func tone(d time.Duration) []byte {
	const rate = 8000
	d = max(500*time.Millisecond, min(d, 10*time.Second))
	size := int(d.Seconds()*rate) * 2
	wav := make([]byte, 0, 44+size)
	put := binary.LittleEndian
	wav = append(wav, "RIFF"...)
	wav = put.AppendUint32(wav, uint32(36+size))
	wav = append(wav, "WAVEfmt "...)
	wav = put.AppendUint32(wav, 16)     // length of this part
	wav = put.AppendUint16(wav, 1)      // PCM
	wav = put.AppendUint16(wav, 1)      // channels
	wav = put.AppendUint32(wav, rate)   // samples a second
	wav = put.AppendUint32(wav, rate*2) // bytes a second
	wav = put.AppendUint16(wav, 2)      // bytes a sample
	wav = put.AppendUint16(wav, 16)     // bits a sample
	wav = append(wav, "data"...)
	wav = put.AppendUint32(wav, uint32(size))
	for i := range size / 2 {
		wav = put.AppendUint16(wav, uint16(int16(3000*math.Sin(2*math.Pi*440*float64(i)/rate))))
	}
	return wav
}
