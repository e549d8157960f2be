// hubble writes flows as `hubble observe --output json` does: with the encoder of Cilium's own API. Its output is test/fixtures/flows/hubble.json.
package main

import (
	"encoding/json"
	"os"

	flowpb "github.com/cilium/cilium/api/v1/flow"
	"github.com/cilium/cilium/api/v1/observer"
	"google.golang.org/protobuf/types/known/timestamppb"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

func main() {
	end := func(ns, pod, workload string, labels ...string) *flowpb.Endpoint {
		return &flowpb.Endpoint{ID: 312, Identity: 20131, ClusterName: "default", Namespace: ns, PodName: pod, Labels: append(labels, "k8s:io.kubernetes.pod.namespace="+ns), Workloads: []*flowpb.Workload{{Name: workload, Kind: "Deployment"}}}
	}
	instance := end("orders", "orders-db-1", "orders-db", "k8s:cnpg.io/cluster=orders-db", "k8s:cnpg.io/podRole=instance")
	tcp := func(port uint32, flags *flowpb.TCPFlags) *flowpb.Layer4 {
		return &flowpb.Layer4{Protocol: &flowpb.Layer4_TCP{TCP: &flowpb.TCP{SourcePort: 51234, DestinationPort: port, Flags: flags}}}
	}
	syn := &flowpb.TCPFlags{SYN: true}
	ip := func(a, b string) *flowpb.IP {
		return &flowpb.IP{Source: a, Destination: b, IpVersion: flowpb.IPVersion_IPv4}
	}
	flows := []*flowpb.Flow{
		{Verdict: flowpb.Verdict_FORWARDED, IP: ip("10.244.1.7", "10.244.2.9"), L4: tcp(5432, syn), Source: end("shop", "web-1", "web", "k8s:app=web"), Destination: instance, Type: flowpb.FlowType_L3_L4, TrafficDirection: flowpb.TrafficDirection_INGRESS, IsReply: wrapperspb.Bool(false)},
		{Verdict: flowpb.Verdict_FORWARDED, IP: ip("10.244.2.9", "10.244.1.7"), L4: tcp(51234, &flowpb.TCPFlags{SYN: true, ACK: true}), Source: instance, Destination: end("shop", "web-1", "web", "k8s:app=web"), Type: flowpb.FlowType_L3_L4, IsReply: wrapperspb.Bool(true)},
		{Verdict: flowpb.Verdict_AUDIT, IP: ip("10.244.3.3", "10.244.2.9"), L4: tcp(5432, syn), Source: end("legacy", "reporter-1", "reporter", "k8s:app=reporter"), Destination: instance, Type: flowpb.FlowType_L3_L4, IsReply: wrapperspb.Bool(false)},
		{Verdict: flowpb.Verdict_FORWARDED, IP: ip("10.244.2.9", "172.16.0.2"), L4: tcp(443, syn), Source: instance, Destination: &flowpb.Endpoint{Identity: 7, Labels: []string{"reserved:kube-apiserver", "reserved:world"}}, Type: flowpb.FlowType_L3_L4, IsReply: wrapperspb.Bool(false)},
		{Verdict: flowpb.Verdict_FORWARDED, IP: ip("10.244.2.9", "142.250.1.95"), L4: tcp(443, syn), Source: instance, Destination: &flowpb.Endpoint{Identity: 2, Labels: []string{"reserved:world"}}, DestinationNames: []string{"storage.googleapis.com"}, Type: flowpb.FlowType_L3_L4, IsReply: wrapperspb.Bool(false)},
		{Verdict: flowpb.Verdict_FORWARDED, IP: ip("10.244.2.1", "10.244.2.9"), L4: tcp(8000, syn), Source: &flowpb.Endpoint{Identity: 1, Labels: []string{"reserved:host"}}, Destination: instance, Type: flowpb.FlowType_L3_L4, IsReply: wrapperspb.Bool(false)},
		{Verdict: flowpb.Verdict_TRANSLATED, IP: ip("10.244.2.9", "10.96.0.10"), L4: &flowpb.Layer4{Protocol: &flowpb.Layer4_UDP{UDP: &flowpb.UDP{SourcePort: 40000, DestinationPort: 53}}}, Source: instance, Destination: &flowpb.Endpoint{Identity: 2, Labels: []string{"reserved:world"}}, DestinationService: &flowpb.Service{Name: "kube-dns", Namespace: "kube-system"}, Type: flowpb.FlowType_SOCK},
		{Verdict: flowpb.Verdict_FORWARDED, IP: ip("10.244.2.9", "10.244.0.5"), L4: &flowpb.Layer4{Protocol: &flowpb.Layer4_UDP{UDP: &flowpb.UDP{SourcePort: 40000, DestinationPort: 53}}}, Source: instance, Destination: end("kube-system", "coredns-1", "coredns", "k8s:k8s-app=kube-dns"), DestinationService: &flowpb.Service{Name: "kube-dns", Namespace: "kube-system"}, Type: flowpb.FlowType_L3_L4, IsReply: wrapperspb.Bool(false)},
		{Verdict: flowpb.Verdict_FORWARDED, IP: ip("10.244.2.9", "10.96.0.50"), L4: tcp(9000, syn), Source: instance, Destination: &flowpb.Endpoint{Identity: 2, Labels: []string{"reserved:world"}}, DestinationService: &flowpb.Service{Name: "minio", Namespace: "storage"}, Type: flowpb.FlowType_L3_L4, IsReply: wrapperspb.Bool(false)},
		{Verdict: flowpb.Verdict_FORWARDED, IP: ip("10.244.1.7", "10.244.2.9"), L4: &flowpb.Layer4{Protocol: &flowpb.Layer4_ICMPv4{ICMPv4: &flowpb.ICMPv4{Type: 8}}}, Source: end("shop", "web-1", "web", "k8s:app=web"), Destination: instance, Type: flowpb.FlowType_L3_L4},
	}
	encoder := json.NewEncoder(os.Stdout)
	now := timestamppb.New(timestamppb.Now().AsTime())
	now.Seconds, now.Nanos = 1796040000, 5
	for _, flow := range flows {
		flow.Time, flow.NodeName = now, "node-1"
		if err := encoder.Encode(&observer.GetFlowsResponse{ResponseTypes: &observer.GetFlowsResponse_Flow{Flow: flow}, NodeName: "node-1", Time: now}); err != nil {
			panic(err)
		}
	}
	_ = encoder.Encode(&observer.GetFlowsResponse{ResponseTypes: &observer.GetFlowsResponse_LostEvents{LostEvents: &flowpb.LostEvent{Source: flowpb.LostEventSource_HUBBLE_RING_BUFFER, NumEventsLost: 12}}, NodeName: "node-1", Time: now})
}
