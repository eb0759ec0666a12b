package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// sample is what one round of one contestant came to.
type sample struct {
	done int
	took time.Duration
	each []time.Duration
}

func (s sample) rate() float64 { return float64(s.done) / s.took.Seconds() }

// percentile answers with the smallest time that at least p of all took at most.
func (s sample) percentile(p float64) time.Duration {
	if len(s.each) == 0 {
		return 0
	}
	sorted := slices.Clone(s.each)
	slices.Sort(sorted)
	return sorted[min(int(float64(len(sorted))*p), len(sorted)-1)]
}

// crowd lets clients do n pieces of work between them and times each; do answers false to stop its client.
func crowd(clients, n int, do func(client, i int) (bool, error)) (sample, error) {
	var next atomic.Int64
	each := make([][]time.Duration, clients)
	errs := make([]error, clients)
	var all sync.WaitGroup
	gate := make(chan struct{})
	for c := range clients {
		each[c] = make([]time.Duration, 0, n/clients*2)
		all.Go(func() {
			<-gate
			for {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				began := time.Now()
				more, err := do(c, i)
				each[c] = append(each[c], time.Since(began))
				if err != nil || !more {
					errs[c] = err
					return
				}
			}
		})
	}
	began := time.Now()
	close(gate)
	all.Wait()
	s := sample{took: time.Since(began), each: slices.Concat(each...)}
	s.done = len(s.each)
	for _, err := range errs {
		if err != nil {
			return s, err
		}
	}
	return s, nil
}

// median is the middle of what rounds came to.
func median[T cmp.Ordered](list []T) T {
	sorted := slices.Clone(list)
	slices.Sort(sorted)
	return sorted[len(sorted)/2]
}

// row prints the medians of rounds: rate, p50, p99.
func medians(rounds []sample) (rate float64, p50, p99 time.Duration) {
	var rates []float64
	var halves, tails []time.Duration
	for _, s := range rounds {
		rates, halves, tails = append(rates, s.rate()), append(halves, s.percentile(0.5)), append(tails, s.percentile(0.99))
	}
	return median(rates), median(halves), median(tails)
}

// table prints rows as Markdown, the first one as its head.
func table(rows [][]string) {
	for i, row := range rows {
		fmt.Println("| " + strings.Join(row, " | ") + " |")
		if i == 0 {
			fmt.Println("|" + strings.Repeat(" --- |", len(row)))
		}
	}
}

func ms(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond)) }

func perSecond(rate float64) string {
	digits := fmt.Sprintf("%.0f", rate)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits + "/s"
}

func times(ratio float64) string { return fmt.Sprintf("%.2f", ratio) }
