//go:build !unix

package embedded

import (
	"context"
	"errors"
)

// StartPostgres says where else to run: the private server needs Unix sockets
// and Unix users.
func StartPostgres(context.Context, PostgresOptions) (*Postgres, error) {
	return nil, errors.New("phonebank cannot start its own Postgres on this system: run phonebank inside WSL, or start Postgres with Docker (docker compose up) and set DATABASE_URL")
}

// Stop has nothing to stop here.
func (p *Postgres) Stop(context.Context) error { return nil }
