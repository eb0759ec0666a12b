package texting

// gatherMost bounds one commit: its latency is everybody's.
const gatherMost = 64

// gather lets what comes in while a commit is under way share the next one: the disk is waited for once for many. Nobody waits
// for company: what comes alone goes alone.
func gather[T any](d *Desk, from <-chan T, do func([]T)) {
	for {
		var first T
		select {
		case <-d.done:
			return
		case first = <-from:
		}
		batch := []T{first}
	fill:
		for len(batch) < gatherMost {
			select {
			case w := <-from:
				batch = append(batch, w)
			default:
				break fill
			}
		}
		do(batch)
	}
}
