/**
 * Loads the page again after some time, so that its progress is that of now.
 */
define([], function () {
    'use strict';

    return function (config) {
        window.setTimeout(function () {
            window.location.reload();
        }, config.seconds * 1000);
    };
});
