package main

import (
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// wire is a stretch of network that can be cut, can fall silent or be slow: it passes bytes between whoever connects and one of its
// targets, in turn.
type wire struct {
	name     string
	listener net.Listener
	targets  []target
	next     atomic.Int64
	cut      atomic.Bool  // connections are refused
	silent   atomic.Bool  // bytes wait
	delay    atomic.Int64 // every piece is this many nanoseconds late

	mu    sync.Mutex
	conns map[net.Conn]bool
}

type target struct{ network, address string }

func newWire(name string, targets ...target) (*wire, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	w := &wire{name: name, listener: listener, targets: targets, conns: map[net.Conn]bool{}}
	go w.accept()
	return w, nil
}

func (w *wire) address() string { return w.listener.Addr().String() }

func (w *wire) accept() {
	for {
		c, err := w.listener.Accept()
		if err != nil {
			return // closed
		}
		go w.join(c)
	}
}

// join connects a caller with the next target that answers.
func (w *wire) join(from net.Conn) {
	defer w.drop(from)
	if w.cut.Load() {
		return
	}
	var to net.Conn
	for range w.targets {
		t := w.targets[int(w.next.Add(1))%len(w.targets)]
		if c, err := net.DialTimeout(t.network, t.address, 2*time.Second); err == nil {
			to = c
			break
		}
	}
	if to == nil {
		return
	}
	defer w.drop(to)
	w.mu.Lock()
	w.conns[from], w.conns[to] = true, true
	w.mu.Unlock()
	done := make(chan struct{}, 2)
	for _, way := range [][2]net.Conn{{from, to}, {to, from}} {
		go func() {
			w.pass(way[0], way[1])
			done <- struct{}{}
		}()
	}
	<-done // one side is gone: the other has nobody to talk to
}

func (w *wire) pass(from, to net.Conn) {
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		for w.silent.Load() && !w.cut.Load() {
			time.Sleep(5 * time.Millisecond)
		}
		time.Sleep(time.Duration(w.delay.Load()))
		if n > 0 {
			if _, err := to.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil {
			if half, ok := to.(interface{ CloseWrite() error }); ok && err == io.EOF {
				_ = half.CloseWrite()
			}
			return
		}
	}
}

// drop resets a connection, as a cut does.
func (w *wire) drop(c net.Conn) {
	w.mu.Lock()
	delete(w.conns, c)
	w.mu.Unlock()
	if t, ok := c.(*net.TCPConn); ok && w.cut.Load() {
		_ = t.SetLinger(0)
	}
	_ = c.Close()
}

// sever cuts every connection and refuses new ones until mend.
func (w *wire) sever() {
	w.cut.Store(true)
	w.mu.Lock()
	var all []net.Conn
	for c := range w.conns {
		all = append(all, c)
	}
	w.mu.Unlock()
	for _, c := range all {
		w.drop(c)
	}
}

// mend lets the network work again.
func (w *wire) mend() {
	w.cut.Store(false)
	w.silent.Store(false)
}

func (w *wire) close() {
	_ = w.listener.Close()
	w.sever()
}
