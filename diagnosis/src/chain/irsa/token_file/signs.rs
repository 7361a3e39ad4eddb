//! How the languages say that the token's file is not there, or not theirs to read.

use super::{LINK, MISSING, UNREADABLE, VOLUME_MISSING};
use crate::chain::{Sign, Way};

static UNREAD: &[Way] = &[Way(&LINK, &UNREADABLE)];
static ABSENT: &[Way] = &[Way(&LINK, &VOLUME_MISSING), Way(&LINK, &MISSING)];

pub(super) static SIGNS: &[Sign] = &[
    Sign::new(
        "eks.amazonaws.com/serviceaccount/token: permission denied",
        "WebIdentityErr: failed fetching WebIdentity token: caused by: open /var/run/secrets/eks.amazonaws.com/serviceaccount/token: permission denied",
        "https://github.com/aws/amazon-eks-pod-identity-webhook/issues/8",
        &[Way(&LINK, &UNREADABLE)],
    )
    .by_client(),
    Sign::new(
        "Permission denied: '/var/run/secrets/eks.amazonaws.com/serviceaccount/token'",
        "PermissionError: [Errno 13] Permission denied: '/var/run/secrets/eks.amazonaws.com/serviceaccount/token'",
        "https://docs.python.org/3/library/exceptions.html#PermissionError",
        &[Way(&LINK, &UNREADABLE)],
    )
    .by_client(),
    Sign::new(
        "open /var/run/secrets/eks.amazonaws.com/serviceaccount/token: no such file or directory",
        "WebIdentityErr: failed fetching WebIdentity token: caused by: open /var/run/secrets/eks.amazonaws.com/serviceaccount/token: no such file or directory",
        "https://github.com/aws/aws-sdk-go/blob/main/aws/credentials/stscreds/web_identity_provider.go",
        &[Way(&LINK, &VOLUME_MISSING), Way(&LINK, &MISSING)],
    )
    .by_client(),
    Sign::new(
        "No such file or directory: '/var/run/secrets/eks.amazonaws.com/serviceaccount/token'",
        "FileNotFoundError: [Errno 2] No such file or directory: '/var/run/secrets/eks.amazonaws.com/serviceaccount/token'",
        "https://docs.python.org/3/library/exceptions.html#FileNotFoundError",
        &[Way(&LINK, &VOLUME_MISSING), Way(&LINK, &MISSING)],
    )
    .by_client(),
    Sign::new(
        "serviceaccount/token): <>ailed to open stream: Permission denied",
        "PHP Warning:  file_get_contents(/var/run/secrets/eks.amazonaws.com/serviceaccount/token): failed to open stream: Permission denied in AssumeRoleWithWebIdentityCredentialProvider.php on line 97",
        "https://github.com/aws/aws-sdk-php/issues/2097",
        &[Way(&LINK, &UNREADABLE)],
    )
    .by_client(),
    Sign::new(
        "serviceaccount/token): <>ailed to open stream: No such file or directory",
        "PHP Warning:  file_get_contents(/var/run/secrets/eks.amazonaws.com/serviceaccount/token): failed to open stream: No such file or directory in AssumeRoleWithWebIdentityCredentialProvider.php on line 97",
        "aws/aws-sdk-php src/Credentials/AssumeRoleWithWebIdentityCredentialProvider.php",
        &[Way(&LINK, &VOLUME_MISSING), Way(&LINK, &MISSING)],
    )
    .by_client(),
    Sign::new(
        "unable to read web identity token file in pod",
        "connect failed: unable to read web identity token file in pod: open : no such file or directory",
        "https://github.com/crossplane-contrib/provider-aws/issues/472",
        &[Way(&LINK, &VOLUME_MISSING), Way(&LINK, &MISSING), Way(&LINK, &UNREADABLE)],
    )
    .by_client(),
    Sign::new(
        "permission denied, open '/var/run/secrets/eks.amazonaws.com/serviceaccount/token'",
        "Error: EACCES: permission denied, open '/var/run/secrets/eks.amazonaws.com/serviceaccount/token'",
        "nodejs/node lib/fs.js",
        UNREAD,
    )
    .by_client(),
    Sign::new(
        "no such file or directory, open '/var/run/secrets/eks.amazonaws.com/serviceaccount/token'",
        "Error: ENOENT: no such file or directory, open '/var/run/secrets/eks.amazonaws.com/serviceaccount/token'",
        "nodejs/node lib/fs.js",
        ABSENT,
    )
    .by_client(),
    Sign::new(
        "eks.amazonaws.com/serviceaccount/token (Permission denied)",
        "java.io.FileNotFoundException: /var/run/secrets/eks.amazonaws.com/serviceaccount/token (Permission denied)",
        "java.io.FileInputStream of OpenJDK on Linux",
        UNREAD,
    )
    .by_client(),
    Sign::new(
        "eks.amazonaws.com/serviceaccount/token (No such file or directory)",
        "java.io.FileNotFoundException: /var/run/secrets/eks.amazonaws.com/serviceaccount/token (No such file or directory)",
        "java.io.FileInputStream of OpenJDK on Linux",
        ABSENT,
    )
    .by_client(),
    Sign::new(
        "AccessDeniedException: /var/run/secrets/eks.amazonaws.com/serviceaccount/token",
        "java.nio.file.AccessDeniedException: /var/run/secrets/eks.amazonaws.com/serviceaccount/token",
        "sun.nio.fs.UnixException of OpenJDK",
        UNREAD,
    )
    .by_client(),
    Sign::new(
        "NoSuchFileException: /var/run/secrets/eks.amazonaws.com/serviceaccount/token",
        "java.nio.file.NoSuchFileException: /var/run/secrets/eks.amazonaws.com/serviceaccount/token",
        "sun.nio.fs.UnixException of OpenJDK",
        ABSENT,
    )
    .by_client(),
    Sign::new(
        "Unable to locate specified web identity token file: ",
        "com.amazonaws.SdkClientException: Unable to locate specified web identity token file: /var/run/secrets/eks.amazonaws.com/serviceaccount/token",
        "aws/aws-sdk-java, STSAssumeRoleWithWebIdentitySessionCredentialsProvider",
        &[Way(&LINK, &VOLUME_MISSING), Way(&LINK, &MISSING), Way(&LINK, &UNREADABLE)],
    )
    .by_client(),
    Sign::new(
        "Access to the path '/var/run/secrets/eks.amazonaws.com/serviceaccount/token' is denied",
        "System.UnauthorizedAccessException: Access to the path '/var/run/secrets/eks.amazonaws.com/serviceaccount/token' is denied.",
        "dotnet/runtime src/libraries/System.Private.CoreLib, File",
        UNREAD,
    )
    .by_client(),
    Sign::new(
        "Could not find file '/var/run/secrets/eks.amazonaws.com/serviceaccount/token'",
        "System.IO.FileNotFoundException: Could not find file '/var/run/secrets/eks.amazonaws.com/serviceaccount/token'.",
        "dotnet/runtime src/libraries/System.Private.CoreLib, File",
        ABSENT,
    )
    .by_client(),
    Sign::new(
        "Permission denied @ rb_sysopen - /var/run/secrets/eks.amazonaws.com/serviceaccount/token",
        "Errno::EACCES (Permission denied @ rb_sysopen - /var/run/secrets/eks.amazonaws.com/serviceaccount/token)",
        "ruby/ruby io.c",
        UNREAD,
    )
    .by_client(),
    Sign::new(
        "No such file or directory @ rb_sysopen - /var/run/secrets/eks.amazonaws.com/serviceaccount/token",
        "Errno::ENOENT (No such file or directory @ rb_sysopen - /var/run/secrets/eks.amazonaws.com/serviceaccount/token)",
        "ruby/ruby io.c",
        ABSENT,
    )
    .by_client(),
];
