package main

import (
	"bytes"
	"io"
	"net"
	"path/filepath"
	"testing"
	"time"

	"phonebank/internal/crash"
)

// A short bad day: the points at which most is at stake, and a handful of troubles. `make chaos` is the long one.
func TestShard_ABadDayBreaksNoPromise(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "phonebank")
	if err := build(t.Context(), binary, ""); err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	err := shard(t.Context(), options{seed: 1, shard: 15 * time.Second, follows: 300, scale: 45, patience: 4 * time.Minute, troubles: 5, binary: binary,
		points: []string{"claim.committed", "request.written", "text.answered", "inbound.committed", "keyword.committed", "sweep.rung"}}, &said)
	t.Log(said.String())
	if err != nil {
		t.Error(err)
	}
}

// Everybody who is sent to a point comes from this list, each role to its own.
func TestAgenda_VisitsEveryPointOnce(t *testing.T) {
	a := newAgenda(crash.Points, 1)
	for _, p := range crash.Points {
		a.visited(p.Name)
	}
	if left := a.left(); len(left) > 0 || a.next("worker") != "" {
		t.Errorf("left %v, and a worker is sent to %q", left, a.next("worker"))
	}
	if newAgenda(crash.Points, 1).next("worker") == newAgenda(crash.Points, 1).next("dialer") {
		t.Error("a dialer is sent where a worker is")
	}
}

// The harness's clock shows what the processes' clocks show, and stays inside calling hours for a whole shard.
func TestClock_IsHurriedAndInTheMorning(t *testing.T) {
	began := time.Now()
	h := newHurry(30, began)
	if at := h.at(h.then.Add(30 * time.Minute)); at.Sub(began) != time.Minute {
		t.Errorf("half an hour takes %v", at.Sub(began))
	}
	local := h.then.In(must(time.LoadLocation(zone)))
	if local.Hour() != 9 && local.Hour() != 10 || local.Weekday() != time.Tuesday || !h.then.After(began) {
		t.Errorf("the day begins at %v", local)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// A wire passes bytes, resets what it cuts, holds them while it is silent, and works again when it is mended.
func TestWire_CutsFallsSilentAndMends(t *testing.T) {
	echo, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = echo.Close() }()
	go func() {
		for {
			c, err := echo.Accept()
			if err != nil {
				return
			}
			go func() { _, _ = io.Copy(c, c) }()
		}
	}()
	w, err := newWire("echo", target{"tcp", "127.0.0.1:1"}, target{"tcp", echo.Addr().String()}) // nobody is at the first
	if err != nil {
		t.Fatal(err)
	}
	defer w.close()
	said := make([]byte, 5)
	speak := func(c net.Conn) error {
		if _, err := c.Write([]byte("hello")); err != nil {
			return err
		}
		_, err := io.ReadFull(c, said)
		return err
	}
	c := must(net.Dial("tcp", w.address()))
	if err := speak(c); err != nil || string(said) != "hello" {
		t.Fatalf("%q %v", said, err)
	}
	w.sever()
	if err := speak(c); err == nil {
		t.Error("a cut wire still speaks")
	}
	w.mend()
	c = must(net.Dial("tcp", w.address()))
	w.silent.Store(true)
	heard := make(chan error, 1)
	go func() { heard <- speak(c) }()
	select {
	case err := <-heard:
		t.Errorf("a silent wire speaks: %v", err)
	case <-time.After(50 * time.Millisecond): // long enough to be heard, were it not silent
	}
	w.mend()
	if err := <-heard; err != nil {
		t.Error(err)
	}
}
