use super::*;

const ALL: [Service; 7] = [
    Service::Sts,
    Service::Ec2,
    Service::Eks,
    Service::EksAuth,
    Service::EcrApi,
    Service::Registry,
    Service::Layers,
];

const PLAIN: Variant = Variant { fips: false, dual_stack: false };
const FIPS: Variant = Variant { fips: true, dual_stack: false };
const DUAL: Variant = Variant { fips: false, dual_stack: true };
const BOTH: Variant = Variant { fips: true, dual_stack: true };

fn host(service: Service, region: &str, variant: Variant) -> String {
    service.host(&Place { account: "111122223333", ..Place::of_region(region) }, variant)
}

#[test]
fn the_ordinary_hosts_of_a_region() {
    let hosts = ALL.map(|it| host(it, "us-west-2", PLAIN));
    assert_eq!(
        hosts,
        [
            "sts.us-west-2.amazonaws.com",
            "ec2.us-west-2.amazonaws.com",
            "eks.us-west-2.amazonaws.com",
            "eks-auth.us-west-2.api.aws",
            "api.ecr.us-west-2.amazonaws.com",
            "111122223333.dkr.ecr.us-west-2.amazonaws.com",
            "prod-us-west-2-starport-layer-bucket.s3.us-west-2.amazonaws.com",
        ]
    );
}

#[test]
fn fips_and_dual_stack_hosts_are_those_of_the_sdks() {
    for (service, region, variant, expected) in [
        (Service::Sts, "us-east-1", FIPS, "sts-fips.us-east-1.amazonaws.com"),
        (Service::Sts, "us-east-1", BOTH, "sts-fips.us-east-1.api.aws"),
        (Service::Sts, "us-gov-east-1", FIPS, "sts.us-gov-east-1.amazonaws.com"),
        (Service::Sts, "us-gov-east-1", DUAL, "sts.us-gov-east-1.api.aws"),
        (Service::Sts, "cn-north-1", DUAL, "sts.cn-north-1.api.amazonwebservices.com.cn"),
        (Service::Sts, "us-isob-east-1", FIPS, "sts-fips.us-isob-east-1.sc2s.sgov.gov"),
        (Service::Ec2, "us-east-1", FIPS, "ec2-fips.us-east-1.amazonaws.com"),
        (Service::Ec2, "us-gov-west-1", FIPS, "ec2.us-gov-west-1.amazonaws.com"),
        (Service::Ec2, "eu-west-1", DUAL, "ec2.eu-west-1.api.aws"),
        (Service::Eks, "us-west-2", FIPS, "fips.eks.us-west-2.amazonaws.com"),
        (Service::Eks, "us-west-2", BOTH, "eks-fips.us-west-2.api.aws"),
        (Service::Eks, "us-gov-east-1", FIPS, "eks.us-gov-east-1.amazonaws.com"),
        (Service::Eks, "cn-north-1", FIPS, "eks-fips.cn-north-1.amazonaws.com.cn"),
        (Service::Eks, "us-west-2", DUAL, "eks.us-west-2.api.aws"),
        (Service::EksAuth, "us-west-2", DUAL, "eks-auth.us-west-2.api.aws"),
        (Service::EksAuth, "us-west-2", FIPS, "eks-auth-fips.us-west-2.api.aws"),
        (Service::EksAuth, "cn-north-1", PLAIN, "eks-auth.cn-north-1.api.amazonwebservices.com.cn"),
        (Service::EcrApi, "us-east-1", FIPS, "api.ecr-fips.us-east-1.amazonaws.com"),
        (Service::EcrApi, "us-east-1", DUAL, "ecr.us-east-1.api.aws"),
        (Service::EcrApi, "us-gov-west-1", BOTH, "ecr-fips.us-gov-west-1.api.aws"),
        (Service::Registry, "us-east-1", FIPS, "111122223333.dkr.ecr-fips.us-east-1.amazonaws.com"),
        (Service::Registry, "us-east-1", DUAL, "111122223333.dkr-ecr.us-east-1.on.aws"),
        (Service::Registry, "us-east-1", BOTH, "111122223333.dkr-ecr-fips.us-east-1.on.aws"),
        (
            Service::Registry,
            "cn-north-1",
            DUAL,
            "111122223333.dkr-ecr.cn-north-1.on.amazonwebservices.com.cn",
        ),
        // Where no such host is known the ordinary one stands.
        (
            Service::Registry,
            "eu-isoe-west-1",
            DUAL,
            "111122223333.dkr.ecr.eu-isoe-west-1.cloud.adc-e.uk",
        ),
        (Service::EcrApi, "us-isof-south-1", PLAIN, "api.ecr.us-isof-south-1.csp.hci.ic.gov"),
        (Service::EcrApi, "eusc-de-east-1", PLAIN, "api.ecr.eusc-de-east-1.amazonaws.eu"),
    ] {
        assert_eq!(host(service, region, variant), expected);
    }
}

#[test]
fn the_domain_of_the_instance_wins_over_the_region_s() {
    let place = Place { region: "xx-new-1", domain: "example.aws", account: "" };
    assert_eq!(Service::Sts.host(&place, PLAIN), "sts.xx-new-1.example.aws");
}

#[test]
fn an_endpoint_service_is_named_as_its_region_names_it() {
    for (service, region, expected) in [
        (Service::Sts, "us-west-2", "com.amazonaws.us-west-2.sts"),
        (Service::EksAuth, "us-west-2", "com.amazonaws.us-west-2.eks-auth"),
        (Service::Ec2, "us-gov-west-1", "com.amazonaws.us-gov-west-1.ec2"),
        (Service::Registry, "cn-north-1", "cn.com.amazonaws.cn-north-1.ecr.dkr"),
        (Service::Sts, "cn-northwest-1", "cn.com.amazonaws.cn-northwest-1.sts"),
        (Service::Layers, "cn-north-1", "com.amazonaws.cn-north-1.s3"),
        (Service::EcrApi, "us-iso-east-1", "gov.ic.c2s.us-iso-east-1.ecr.api"),
        (Service::Sts, "us-iso-east-1", "com.amazonaws.us-iso-east-1.sts"),
        (Service::Ec2, "us-isob-east-1", "gov.sgov.sc2s.us-isob-east-1.ec2"),
        (Service::EcrApi, "us-isof-south-1", "gov.ic.hci.csp.us-isof-south-1.ecr.api"),
        (Service::Registry, "eu-isoe-west-1", "uk.adc-e.cloud.eu-isoe-west-1.ecr.dkr"),
        (Service::EcrApi, "eusc-de-east-1", "eu.amazonaws.eusc-de-east-1.ecr.api"),
    ] {
        assert_eq!(service.endpoint(region).name(), expected);
    }
    assert!(matches!(Service::Layers.endpoint("us-west-2"), Endpoint::Gateway(_)));
    assert!(matches!(Service::EcrApi.endpoint("us-west-2"), Endpoint::Interface(_)));
}

#[test]
fn every_host_of_the_table_is_known_again() {
    for region in ["us-west-2", "cn-north-1", "us-gov-east-1", "us-isob-east-1", "eusc-de-east-1"] {
        for variant in [PLAIN, FIPS, DUAL, BOTH] {
            for service in ALL {
                let host = host(service, region, variant);
                assert_eq!(Service::of_host(&host), Some((service, region)), "{host}");
            }
        }
    }
}

#[test]
fn no_other_host_is_taken_for_one() {
    for host in [
        "sts.amazonaws.com",
        "ABCDEF.gr7.us-west-2.eks.amazonaws.com",
        "oidc.eks.us-west-2.amazonaws.com",
        "sts.us-west-2.amazonaws.com.example.com",
        "sts.cn-north-1.amazonaws.com",
        "bucket.s3.us-west-2.amazonaws.com",
        "10.100.0.1",
        "",
    ] {
        assert_eq!(Service::of_host(host), None, "{host}");
    }
}
