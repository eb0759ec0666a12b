package main

import (
	"context"
	"errors"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"sync/atomic"
	"time"
)

// front is the load balancer before the two processes that serve webhooks and the panel: each request goes to the next of them
// that takes connections.
func front(backends []string) http.Handler {
	var next atomic.Int64
	dialer := net.Dialer{Timeout: 2 * time.Second}
	return &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host, r.Out.Host = "http", backends[0], r.In.Host
		},
		Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			for range backends {
				if c, err := dialer.DialContext(ctx, network, backends[int(next.Add(1))%len(backends)]); err == nil {
					return c, nil
				}
			}
			return nil, errors.New("neither process takes connections")
		}},
		ErrorLog:     log.New(discard{}, "", 0),
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) },
	}
}
