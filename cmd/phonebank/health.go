package main

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/mux"
	"github.com/hibiken/asynq"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"phonebank/store"
)

// health mounts what a balancer and an operator ask. A process whose Postgres is down stays ready: it still answers voice.
func (a *app) health(r *mux.Router) {
	r.HandleFunc("/livez", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = w.Write([]byte("ok\n")) // whoever asked has gone
	}).Methods(http.MethodGet)
	r.HandleFunc("/readyz", a.ready).Methods(http.MethodGet)
	r.Handle("/metrics", promhttp.HandlerFor(a.metrics.registry, promhttp.HandlerOpts{})).Methods(http.MethodGet)
}

func (a *app) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	checks := map[string]func(context.Context) error{
		"database": a.store.Ping,
		"redis":    func(ctx context.Context) error { return a.redis.Ping(ctx).Err() },
		"twilio":   a.carrier.Reachable,
	}
	report := map[string]string{}
	var mu sync.Mutex
	var all sync.WaitGroup
	for name, check := range checks {
		all.Go(func() {
			word := "ok"
			if check(ctx) != nil {
				word = "not ok"
			}
			mu.Lock()
			report[name] = word
			mu.Unlock()
		})
	}
	all.Wait()
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	if a.draining.Load() {
		report["draining"] = "yes"
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_ = json.NewEncoder(w).Encode(report) // whoever asked has gone
}

// metrics are what an operator watches: numbers of things, never of people.
type metrics struct {
	registry  *prometheus.Registry
	hooks     *prometheus.HistogramVec
	inspector *asynq.Inspector
}

func newMetrics(s *store.Store, queue asynq.RedisConnOpt) *metrics {
	m := &metrics{registry: prometheus.NewRegistry(), inspector: asynq.NewInspector(queue),
		hooks: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "phonebank_webhook_seconds", Help: "Time from a webhook's first byte to its answer, by route and status.",
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5}}, []string{"route", "status"})}
	m.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), m.hooks, &depths{store: s, inspector: m.inspector})
	return m
}

// Close ends the inspector's connection.
func (m *metrics) Close() error { return m.inspector.Close() }

func (m *metrics) webhook(route string, status int, took time.Duration) {
	m.hooks.WithLabelValues(route, http.StatusText(status)).Observe(took.Seconds())
}

// depths reads the length of every queue when somebody asks.
type depths struct {
	store     *store.Store
	inspector *asynq.Inspector
}

var (
	outboxDepth = prometheus.NewDesc("phonebank_outbox", "Texts that must leave, by state.", []string{"state"}, nil)
	shiftsHere  = prometheus.NewDesc("phonebank_shifts", "Volunteers in sessions, by state.", []string{"state"}, nil)
	followUps   = prometheus.NewDesc("phonebank_follow_ups", "Promises that are still open, by state.", []string{"state"}, nil)
	auditFound  = prometheus.NewDesc("phonebank_audit_findings", "Rows that must never be, as the auditor found them, by promise.", []string{"promise"}, nil)
	queueDepth  = prometheus.NewDesc("phonebank_queue_tasks", "Tasks in asynq, by state.", []string{"state"}, nil)
)

// Describe names what Collect gives.
func (d *depths) Describe(ch chan<- *prometheus.Desc) {
	for _, desc := range []*prometheus.Desc{outboxDepth, shiftsHere, followUps, auditFound, queueDepth} {
		ch <- desc
	}
}

// Collect counts rows; what cannot be reached is left out rather than shown as zero.
func (d *depths) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if counts, err := d.store.Depths(ctx); err == nil {
		for _, c := range counts {
			desc := map[string]*prometheus.Desc{"outbox": outboxDepth, "shifts": shiftsHere, "follow_ups": followUps}[c.Thing]
			ch <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, float64(c.N), c.State)
		}
	}
	if found, err := d.store.FoundByPromise(ctx); err == nil {
		for _, f := range found {
			ch <- prometheus.MustNewConstMetric(auditFound, prometheus.GaugeValue, float64(f.N), f.State)
		}
	}
	if info, err := d.inspector.GetQueueInfo("default"); err == nil {
		for state, n := range map[string]int{"pending": info.Pending, "active": info.Active, "scheduled": info.Scheduled, "archived": info.Archived} {
			ch <- prometheus.MustNewConstMetric(queueDepth, prometheus.GaugeValue, float64(n), state)
		}
	}
}
