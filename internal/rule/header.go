package rule

import (
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/finding"
	"github.com/ambit-iam/ambit/internal/source"
	"github.com/ambit-iam/ambit/internal/strictyaml"
)

// header is rule.yaml as it is written.
type header struct {
	ID         string                   `yaml:"id"`
	Title      string                   `yaml:"title"`
	Severity   finding.Severity         `yaml:"severity"`
	Entity     []string                 `yaml:"entity"`
	Category   string                   `yaml:"category"`
	Message    string                   `yaml:"message"`
	Evidence   []string                 `yaml:"evidence"`
	References []string                 `yaml:"references"`
	Aliases    aliases                  `yaml:"aliases"`
	Frameworks map[string][]string      `yaml:"frameworks"`
	Settings   map[string]settingHeader `yaml:"settings"`
	Remedy     []string                 `yaml:"remedy"`

	doc *strictyaml.Document
}

type settingHeader struct {
	Type    SettingType `yaml:"type"`
	Default any         `yaml:"default"`
	Meaning string      `yaml:"meaning"`
}

// aliases are the ids of the same check elsewhere. CIS has ids by version: {"3.0": ["1.10"]}.
type aliases struct {
	CloudGuard      []string            `yaml:"cloudguard"`
	Conformity      []string            `yaml:"conformity"`
	Prowler         []string            `yaml:"prowler"`
	SecurityHub     []string            `yaml:"securityhub"`
	Config          []string            `yaml:"config"`
	ConfigCommunity []string            `yaml:"config-community"`
	Steampipe       []string            `yaml:"steampipe"`
	ScoutSuite      []string            `yaml:"scoutsuite"`
	CloudSploit     []string            `yaml:"cloudsploit"`
	Custodian       []string            `yaml:"custodian"`
	Cloudsplaining  []string            `yaml:"cloudsplaining"`
	CIS             map[string][]string `yaml:"cis"`
}

// Peer is a system whose ids our rules answer to.
type Peer struct {
	Key   string // in front of an id: "securityhub:IAM.5"
	Title string
}

// cisPeer is the one peer whose ids come by version.
const cisPeer = "cis"

// Peers are the systems whose ids may stand among a rule's aliases, in the order of our documents.
func Peers() []Peer {
	return []Peer{
		{"cloudguard", "Check Point CloudGuard"},
		{"conformity", "Trend Micro Conformity"},
		{"prowler", "Prowler"},
		{"securityhub", "AWS Security Hub"},
		{"config", "AWS Config"},
		{"config-community", "AWS Config community rules"},
		{"steampipe", "Steampipe"},
		{"scoutsuite", "ScoutSuite"},
		{"cloudsploit", "CloudSploit"},
		{"custodian", "Cloud Custodian (filters)"},
		{"cloudsplaining", "Cloudsplaining"},
		{cisPeer, "CIS AWS Foundations Benchmark"},
	}
}

// byPeer gives the aliases as Rule has them, and the frameworks that the CIS ids imply.
func (a *aliases) byPeer() map[string][]string {
	var cis []string
	for _, version := range slices.Sorted(maps.Keys(a.CIS)) {
		for _, id := range a.CIS[version] {
			cis = append(cis, "CIS-"+version+":"+id)
		}
	}
	all := map[string][]string{
		"cloudguard": a.CloudGuard, "conformity": a.Conformity, "prowler": a.Prowler, "securityhub": a.SecurityHub,
		"config": a.Config, "config-community": a.ConfigCommunity, "steampipe": a.Steampipe, "scoutsuite": a.ScoutSuite,
		"cloudsploit": a.CloudSploit, "custodian": a.Custodian, "cloudsplaining": a.Cloudsplaining, cisPeer: cis,
	}
	maps.DeleteFunc(all, func(_ string, ids []string) bool { return len(ids) == 0 })
	return all
}

var (
	idForm       = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	placeholders = regexp.MustCompile(`\{([^{}]*)\}`)
)

const maxID = 64

// fill copies the header into the rule and tells what is missing or odd in it.
func (h *header) fill(r *Rule, faults *faults) {
	r.ID, r.Title, r.Severity, r.Entities = h.ID, h.Title, h.Severity, h.Entity
	r.Category, r.Message, r.Evidence = h.Category, h.Message, h.Evidence
	r.References, r.Remedies = h.References, h.Remedy
	r.Aliases = h.Aliases.byPeer()
	r.Frameworks = map[string][]string{}
	maps.Copy(r.Frameworks, h.Frameworks)
	for version, ids := range h.Aliases.CIS {
		r.Frameworks["cis-"+version] = ids
	}
	h.require(faults)
	if !idForm.MatchString(h.ID) || len(h.ID) > maxID {
		faults.add(h.doc.Value("id"), fmt.Sprintf("id %q: want at most %d lower-case letters and digits, with single hyphens", h.ID, maxID), "")
	}
	for i, ref := range h.References {
		if u, err := url.Parse(ref); err != nil || u.Scheme != "https" || u.Host == "" {
			faults.add(h.doc.Value("references", fmt.Sprint(i)), fmt.Sprintf("reference %q is no https URL", ref), "")
		}
	}
	h.fillSettings(r, faults)
}

func (h *header) require(faults *faults) {
	for _, field := range []struct {
		key     string
		missing bool
	}{
		{"id", h.ID == ""},
		{"title", h.Title == ""},
		{"severity", h.Severity == 0},
		{"entity", len(h.Entity) == 0},
		{"category", h.Category == ""},
		{"message", h.Message == ""},
		{"references", len(h.References) == 0},
	} {
		if field.missing {
			faults.add(h.doc.Value(field.key), "the header lacks "+field.key, "")
		}
	}
	for _, field := range [][2]string{{"title", h.Title}, {"message", h.Message}} {
		if strings.HasSuffix(field[1], ".") {
			faults.add(h.doc.Value(field[0]), field[0]+" ends in a full stop", "reports set their own")
		}
	}
}

func (h *header) fillSettings(r *Rule, faults *faults) {
	for _, name := range slices.Sorted(maps.Keys(h.Settings)) {
		written := h.Settings[name]
		s := Setting{Name: name, Type: written.Type, Meaning: written.Meaning}
		key := h.doc.Key("settings", name)
		switch {
		case !idForm.MatchString(name):
			faults.add(key, fmt.Sprintf("setting %q: want lower-case letters and digits, with single hyphens", name), "")
		case s.Type == "":
			faults.add(key, fmt.Sprintf("setting %q lacks its type", name), "one of "+strings.Join(settingTypes, ", "))
		case s.Meaning == "":
			faults.add(key, fmt.Sprintf("setting %q lacks its meaning", name), "")
		case !h.doc.Has("settings", name, "default"):
			faults.add(key, fmt.Sprintf("setting %q lacks its default", name), "")
		default:
			v, err := s.Value(written.Default)
			if err != nil {
				faults.add(h.doc.Value("settings", name, "default"), fmt.Sprintf("the default of setting %q: %v", name, err), "")
			}
			s.Default = v
			r.Settings = append(r.Settings, s)
		}
	}
}

// checkPaths holds the properties that message and evidence name against the types that the rule judges.
func (h *header) checkPaths(known []string, faults *faults) {
	check := func(path string, at source.Span) {
		first, _, _ := strings.Cut(path, ".")
		if !slices.Contains(known, first) {
			faults.add(at, fmt.Sprintf("%q is no property of %s", first, strings.Join(h.Entity, " or ")), source.DidYouMean(first, known))
		}
	}
	for _, m := range placeholders.FindAllStringSubmatch(h.Message, -1) {
		check(m[1], h.doc.Value("message"))
	}
	for i, path := range h.Evidence {
		check(path, h.doc.Value("evidence", fmt.Sprint(i)))
	}
}

// frameworkSpan is where the header names a framework, or the CIS version that implies it.
func (h *header) frameworkSpan(key string) source.Span {
	version, isCIS := strings.CutPrefix(key, cisPeer+"-")
	if isCIS && h.doc.Has("aliases", cisPeer, version) {
		return h.doc.Key("aliases", cisPeer, version)
	}
	return h.doc.Key("frameworks", key)
}
