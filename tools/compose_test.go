// Package tools is a module of its own: the linters, the reader of test results
// for CI, and checks whose libraries the product must not depend on.
package tools

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
)

// load reads docker-compose.yml as docker compose would, in a folder where
// somebody has copied .env.example to .env.
func load(t *testing.T) *types.Project {
	t.Helper()
	dir := t.TempDir()
	for from, to := range map[string]string{"../docker-compose.yml": "docker-compose.yml", "../.env.example": ".env"} {
		text, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, to), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	options, err := cli.NewProjectOptions([]string{filepath.Join(dir, "docker-compose.yml")},
		cli.WithWorkingDirectory(dir), cli.WithEnvFiles(filepath.Join(dir, ".env")), cli.WithDotEnv)
	if err != nil {
		t.Fatal(err)
	}
	project, err := options.LoadProject(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return project
}

func TestCompose_OneImageRunsEveryPart(t *testing.T) {
	project := load(t)
	commands := map[string]string{
		"migrate": "migrate",
		"web":     "serve --only=webhooks,panel",
		"dialer":  "serve --only=dialer",
		"worker":  "serve --only=worker",
	}
	for name, command := range commands {
		service, err := project.GetService(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(service.Command, " "); got != command {
			t.Errorf("%s runs %q, want %q", name, got, command)
		}
		if service.Image != "phonebank" {
			t.Errorf("%s runs the image %s", name, service.Image)
		}
		for _, variable := range []string{"DATABASE_URL", "REDIS_URL", "PUBLIC_URL", "ORG_NAME", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_NUMBERS"} {
			if value := service.Environment[variable]; value == nil || *value == "" {
				t.Errorf("%s does not get %s", name, variable)
			}
		}
	}
}

func TestCompose_OnlyWebIsReachedFromOutside(t *testing.T) {
	for name, service := range load(t).Services {
		if published := len(service.Ports) > 0; published != (name == "web") {
			t.Errorf("%s publishes %v", name, service.Ports)
		}
	}
}

func TestCompose_EveryServerSaysWhetherItIsWell(t *testing.T) {
	for name, service := range load(t).Services {
		if name == "migrate" { // it ends
			continue
		}
		if service.HealthCheck == nil || service.HealthCheck.Disable || len(service.HealthCheck.Test) == 0 {
			t.Errorf("%s has no health check", name)
		}
	}
}

func TestCompose_PostgresIsNewEnough(t *testing.T) {
	image := load(t).Services["postgres"].Image
	_, tag, _ := strings.Cut(image, ":")
	if major, err := strconv.Atoi(tag); err != nil || major < 15 {
		t.Errorf("%s is not PostgreSQL 15 or newer", image)
	}
}

// A secret in an example file is a secret in the history for ever.
func TestEnvExample_HoldsPlaceholdersOnly(t *testing.T) {
	text, err := os.ReadFile("../.env.example")
	if err != nil {
		t.Fatal(err)
	}
	secret := regexp.MustCompile(`TOKEN|SECRET|PASSWORD|KEY|SID|NUMBERS`)
	for line := range strings.Lines(string(text)) {
		name, value, isSetting := strings.Cut(strings.TrimSpace(line), "=")
		if strings.HasPrefix(name, "#") || !isSetting || !secret.MatchString(name) {
			continue
		}
		if !slices.Contains([]string{"", "change-me"}, value) {
			t.Errorf("%s has the value %q", name, value)
		}
	}
}
