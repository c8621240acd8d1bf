// Command otel-redact redacts log events with the OpenTelemetry Collector's redaction processor:
// otel-redact PATTERNS.json EVENTS.jsonl OUT.jsonl.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/redactionprocessor"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/processor"
)

const (
	module      = "github.com/open-telemetry/opentelemetry-collector-contrib/processor/redactionprocessor"
	batchSize   = 1000
	bufferSize  = 1 << 20
	longestLine = 1 << 26
)

type settings struct {
	MaskedFields []string `json:"masked_fields"`
	KeptFields   []string `json:"kept_fields"`
	Patterns     []string `json:"patterns"`
}

func main() {
	if err := run(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		log.Fatal(err)
	}
}

func run(patterns, events, out string) error {
	in, err := os.Open(events)
	if err != nil {
		return err
	}
	defer in.Close()
	sink, err := os.Create(out)
	if err != nil {
		return err
	}
	writer := bufio.NewWriterSize(sink, bufferSize)
	redact, err := build(patterns, writer)
	if err != nil {
		return err
	}
	begin, cpuBegin := time.Now(), cpuSeconds()
	if err := feed(bufio.NewScanner(in), redact); err != nil {
		return err
	}
	if err := writer.Flush(); err != nil {
		return err
	}
	seconds, cpu := time.Since(begin).Seconds(), cpuSeconds()-cpuBegin
	fmt.Printf("{\"version\": %q, \"seconds\": %f, \"cpu_seconds\": %f}\n", version(), seconds, cpu)
	return sink.Close()
}

// cpuSeconds returns the user and system time of the process.
func cpuSeconds() float64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		log.Fatal(err)
	}
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e9
}

// build returns the processor: text fields are searched for patterns, structured ones are masked whole.
func build(path string, writer *bufio.Writer) (processor.Logs, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var chosen settings
	if err := json.Unmarshal(text, &chosen); err != nil {
		return nil, err
	}
	factory := redactionprocessor.NewFactory()
	config := factory.CreateDefaultConfig().(*redactionprocessor.Config)
	config.AllowAllKeys = true
	config.BlockedValues = chosen.Patterns
	config.IgnoredKeys = chosen.KeptFields
	for _, field := range chosen.MaskedFields {
		config.BlockedKeyPatterns = append(config.BlockedKeyPatterns, "^"+field+"$")
	}
	config.Summary = "silent"
	next, err := consumer.NewLogs(func(_ context.Context, logs plog.Logs) error { return write(writer, logs) })
	if err != nil {
		return nil, err
	}
	telemetry := processor.Settings{
		ID:                component.NewID(factory.Type()),
		TelemetrySettings: componenttest.NewNopTelemetrySettings(),
	}
	redact, err := factory.CreateLogs(context.Background(), telemetry, config, next)
	if err != nil {
		return nil, err
	}
	return redact, redact.Start(context.Background(), componenttest.NewNopHost())
}

func feed(lines *bufio.Scanner, redact processor.Logs) error {
	lines.Buffer(make([]byte, bufferSize), longestLine)
	logs, records := newBatch()
	for lines.Scan() {
		var event map[string]any
		if err := json.Unmarshal(lines.Bytes(), &event); err != nil {
			return err
		}
		if err := fill(records.AppendEmpty().Attributes(), event); err != nil {
			return err
		}
		if records.Len() == batchSize {
			if err := redact.ConsumeLogs(context.Background(), logs); err != nil {
				return err
			}
			logs, records = newBatch()
		}
	}
	if err := lines.Err(); err != nil {
		return err
	}
	return redact.ConsumeLogs(context.Background(), logs)
}

func newBatch() (plog.Logs, plog.LogRecordSlice) {
	logs := plog.NewLogs()
	return logs, logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
}

// fill sets an event as attributes; objects become text, because the processor looks into texts only.
func fill(attributes pcommon.Map, event map[string]any) error {
	for key, value := range event {
		switch value.(type) {
		case map[string]any, []any:
			text, err := json.Marshal(value)
			if err != nil {
				return err
			}
			attributes.PutStr(key, string(text))
		default:
			if err := attributes.PutEmpty(key).FromRaw(value); err != nil {
				return err
			}
		}
	}
	return nil
}

func write(writer *bufio.Writer, logs plog.Logs) error {
	encoder := json.NewEncoder(writer)
	encoder.SetEscapeHTML(false)
	for _, resource := range logs.ResourceLogs().All() {
		for _, scope := range resource.ScopeLogs().All() {
			for _, record := range scope.LogRecords().All() {
				if err := encoder.Encode(record.Attributes().AsRaw()); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func version() string {
	info, _ := debug.ReadBuildInfo()
	for _, dependency := range info.Deps {
		if dependency.Path == module {
			return dependency.Version
		}
	}
	return "unknown"
}
