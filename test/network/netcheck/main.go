// netcheck judges flows by network policies with Cilium's own policy engine, which takes Kubernetes' policies too.
//
// It reads a scenario from standard input, identities, flows and manifests as JSON, and answers with JSON: what the agent would refuse,
// and for each flow whether it is allowed.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"os"
	"strings"

	"github.com/cilium/cilium/pkg/identity"
	"github.com/cilium/cilium/pkg/identity/identitymanager"
	"github.com/cilium/cilium/pkg/k8s"
	ciliumv2 "github.com/cilium/cilium/pkg/k8s/apis/cilium.io/v2"
	slimnet "github.com/cilium/cilium/pkg/k8s/slim/k8s/api/networking/v1"
	"github.com/cilium/cilium/pkg/labels"
	"github.com/cilium/cilium/pkg/option"
	"github.com/cilium/cilium/pkg/policy"
	"github.com/cilium/cilium/pkg/policy/api"
	"github.com/cilium/cilium/pkg/policy/types"
	"github.com/cilium/cilium/pkg/policy/utils"
	testidentity "github.com/cilium/cilium/pkg/testutils/identity"
	testpolicy "github.com/cilium/cilium/pkg/testutils/policy"
	"github.com/cilium/cilium/pkg/u8proto"
	"sigs.k8s.io/yaml"
)

// Somebody is a pod, an address, or one of Cilium's reserved identities.
type Somebody struct {
	Name, Namespace, CIDR, Reserved string
	Labels                          map[string]string
}

// Flow is a connection that somebody begins.
type Flow struct {
	From, To, Protocol string
	Port               uint16
}

// Scenario is what is judged, by the policies that hold.
type Scenario struct {
	Identities []Somebody
	Flows      []Flow
	Manifests  []json.RawMessage
}

// Answer has what the agent refuses, and a verdict for each flow.
type Answer struct {
	Refused []string `json:"refused"`
	Allowed []bool   `json:"allowed"`
}

func main() {
	var scenario Scenario
	check(json.NewDecoder(os.Stdin).Decode(&scenario))
	answer, err := judge(scenario)
	check(err)
	check(json.NewEncoder(os.Stdout).Encode(answer))
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func judge(scenario Scenario) (Answer, error) {
	logger := slog.New(slog.NewTextHandler(io.Discard, nil))
	option.Config.EnableNonDefaultDenyPolicies = true
	option.Config.EnableL7Proxy = true
	option.Config.EnableIPv4 = true
	option.Config.EnableIPv6 = true
	option.Config.EnableK8sNetworkPolicy = true
	policy.SetPolicyEnabled(option.DefaultEnforcement)
	identities := map[string]*identity.Identity{}
	all := identity.IdentityMap{}
	for i, somebody := range scenario.Identities {
		id := identityOf(i, somebody)
		identities[somebody.Name] = id
		all[id.ID] = id.LabelArray
	}
	manager := identitymanager.NewIDManager(logger)
	repository := policy.NewPolicyRepository(logger, all, nil, nil, manager, testpolicy.NewPolicyMetricsNoop())
	repository.GetSelectorCache().SetLocalIdentityNotifier(testidentity.NewDummyIdentityNotifier())
	manager.Subscribe(testpolicy.SelectorCacheObserver{Cache: repository.GetSubjectSelectorCache()})
	answer := Answer{Refused: []string{}, Allowed: []bool{}}
	for _, manifest := range scenario.Manifests {
		entries, err := entriesOf(logger, manifest)
		if err != nil {
			answer.Refused = append(answer.Refused, err.Error())
			continue
		}
		repository.MustAddPolicyEntries(entries)
	}
	for _, flow := range scenario.Flows {
		protocol := u8proto.TCP
		if strings.EqualFold(flow.Protocol, "UDP") {
			protocol = u8proto.UDP
		}
		asked := types.Flow{From: identities[flow.From], To: identities[flow.To], Proto: protocol, Dport: flow.Port}
		verdict, _, _, err := policy.LookupFlow(logger, repository, manager, asked)
		if err != nil {
			return answer, fmt.Errorf("%s to %s: %w", flow.From, flow.To, err)
		}
		answer.Allowed = append(answer.Allowed, verdict.Allowed())
	}
	return answer, nil
}

func identityOf(i int, somebody Somebody) *identity.Identity {
	const local = 16777217
	switch {
	case somebody.Reserved != "":
		number := identity.GetReservedID(somebody.Reserved)
		own := labels.Labels{somebody.Reserved: labels.NewLabel(somebody.Reserved, "", labels.LabelSourceReserved)}
		if somebody.CIDR != "" {
			for key, label := range labels.GetCIDRLabels(netip.MustParsePrefix(somebody.CIDR)) {
				own[key] = label
			}
			number = identity.NumericIdentity(local + i)
		}
		return identity.NewIdentityFromLabelArray(number, own.LabelArray())
	case somebody.CIDR != "":
		own := labels.GetCIDRLabels(netip.MustParsePrefix(somebody.CIDR))
		own["world"] = labels.NewLabel("world", "", labels.LabelSourceReserved)
		return identity.NewIdentityFromLabelArray(identity.NumericIdentity(local+i), own.LabelArray())
	default:
		own := labels.LabelArray{
			labels.NewLabel("io.kubernetes.pod.namespace", somebody.Namespace, labels.LabelSourceK8s),
			labels.NewLabel("io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name", somebody.Namespace, labels.LabelSourceK8s),
		}
		for key, value := range somebody.Labels {
			own = append(own, labels.NewLabel(key, value, labels.LabelSourceK8s))
		}
		return identity.NewIdentityFromLabelArray(identity.NumericIdentity(1000+i), own.Sort())
	}
}

// entriesOf parses a manifest as the agent does; a field that its definition has not is refused too, which the API server would drop.
func entriesOf(logger *slog.Logger, manifest []byte) (types.PolicyEntries, error) {
	var head struct {
		Kind     string
		Metadata struct{ Name string }
	}
	if err := yaml.Unmarshal(manifest, &head); err != nil {
		return nil, err
	}
	refused := func(err error) (types.PolicyEntries, error) {
		return nil, fmt.Errorf("%s %s: %w", head.Kind, head.Metadata.Name, err)
	}
	parse := func(into interface {
		Parse(*slog.Logger, string) (api.Rules, error)
	}) (types.PolicyEntries, error) {
		if err := yaml.UnmarshalStrict(manifest, into); err != nil {
			return refused(err)
		}
		rules, err := into.Parse(logger, "")
		if err != nil {
			return refused(err)
		}
		return utils.RulesToPolicyEntries(rules), nil
	}
	switch head.Kind {
	case "NetworkPolicy":
		var network slimnet.NetworkPolicy
		if err := yaml.UnmarshalStrict(manifest, &network); err != nil {
			return refused(err)
		}
		entries, err := k8s.ParseNetworkPolicy(logger, "", &network)
		if err != nil {
			return refused(err)
		}
		return entries, nil
	case "CiliumNetworkPolicy":
		return parse(&ciliumv2.CiliumNetworkPolicy{})
	case "CiliumClusterwideNetworkPolicy":
		return parse(&ciliumv2.CiliumClusterwideNetworkPolicy{})
	default:
		return refused(fmt.Errorf("is no network policy"))
	}
}
