package cli

import (
	"fmt"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/ambit-iam/ambit/internal/aws/read"
)

// progress shows on a terminal's stderr how far a read has come. The functions it gives do nothing elsewhere:
// a log needs no spinner.
func (a *app) progress() (step func(read.Step), done func()) {
	if !a.isTerminal(a.world.Stderr) || a.world.Getenv("CI") != "" {
		return nil, func() {}
	}
	bar := progressbar.NewOptions(-1,
		progressbar.OptionSetWriter(a.world.Stderr),
		progressbar.OptionSpinnerType(14),
		progressbar.OptionSetDescription("reading"),
		progressbar.OptionSetElapsedTime(false),
		progressbar.OptionThrottle(60*time.Millisecond),
		progressbar.OptionClearOnFinish(),
	)
	step = func(s read.Step) {
		bar.Describe(fmt.Sprintf("%d calls, %d entities, %s", s.Done, s.Items, s.Call))
		_ = bar.Add(1) // the scan goes on without its spinner
	}
	return step, func() { _ = bar.Finish() }
}
