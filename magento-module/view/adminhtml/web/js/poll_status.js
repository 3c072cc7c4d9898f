/**
 * While a result is to come: asks every ten seconds whether the status has changed, and then shows the block anew.
 * The rest of the page stays as it is, with what somebody may be writing there.
 */
define(['jquery', 'mage/apply/main'], function ($, mage) {
    'use strict';

    return function (config, element) {
        function wait() {
            window.setTimeout(ask, config.seconds * 1000);
        }

        function show() {
            $.get(window.location.href).done(function (html) {
                var section = new DOMParser().parseFromString(html, 'text/html').getElementById(element.id);

                if (section !== null) {
                    element.replaceWith(section);
                    // Starts this script again if another result is to come.
                    mage.apply();
                }
            });
        }

        function ask() {
            if (document.hidden) {
                wait();
                return;
            }
            $.ajax({url: config.url, dataType: 'json', showLoader: false, global: false}).done(function (status) {
                if (status.digest !== config.digest) {
                    show();
                } else if (status.isPending) {
                    wait();
                }
            }).fail(wait);
        }

        wait();
    };
});
