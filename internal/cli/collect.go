package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ambit-iam/ambit/internal/account"
)

func (a *app) collect() *cobra.Command {
	var in input
	var out string
	c := &cobra.Command{
		Use:   "collect --out FILE [flags]",
		Short: "Save an account, to scan it later or elsewhere",
		Long: "Saves everything that a scan reads as one JSON file (ambit.account/1), which scan --from takes. It holds no secret, but it tells where " +
			"the account is weak: the file is readable by its owner only. Several accounts go to a file each, with the account's id in its name.",
		Example: examples(
			"ambit collect --out account.json", "the account of your AWS credentials",
			"ambit collect --demo --out - > demo.json", "to stdout",
			"ambit scan --from account.json", "judge it later",
		),
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if out == "" {
				return usagef("collect needs --out FILE (- for stdout)")
			}
			if info, err := os.Stat(out); err == nil && info.IsDir() { // said before the account is read
				return usagef("%s is a folder: name a file in it", out)
			}
			snapshots, err := a.readAccounts(c, &in)
			if err != nil {
				return err
			}
			return a.saveAll(snapshots, out)
		},
	}
	in.maxSession = true
	in.flags(c)
	c.Flags().StringVar(&out, "out", "", "write to `FILE`, - for stdout")
	return c
}

// saveAll writes one file an account.
func (a *app) saveAll(snapshots []*account.Snapshot, out string) error {
	if out == "-" {
		for _, s := range snapshots {
			if err := s.Encode(a.world.Stdout); err != nil {
				return err
			}
		}
		return nil
	}
	for _, s := range snapshots {
		name := out
		if len(snapshots) > 1 {
			extension := filepath.Ext(out)
			name = strings.TrimSuffix(out, extension) + "-" + string(s.Account) + extension
		}
		if err := a.save(s, name); err != nil {
			return err
		}
	}
	return nil
}

func (a *app) save(s *account.Snapshot, name string) error {
	f, err := newFile(name)
	if err != nil {
		return err
	}
	if err := s.Encode(f); err != nil {
		f.discard()
		return err
	}
	if err := f.commit(); err != nil {
		return err
	}
	policies := "policies"
	if len(s.Policies) == 1 {
		policies = "policy"
	}
	a.say(fmt.Sprintf("account %s: %s, %s, %s, %d %s, %s in %s", s.Account, plural(len(s.Users), "user"),
		plural(len(s.Groups), "group"), plural(len(s.Roles), "role"), len(s.Policies), policies, plural(len(s.Gaps), "gap"), name))
	return nil
}
